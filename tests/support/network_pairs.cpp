// SPDX-License-Identifier: Apache-2.0
#include "tests/support/network_pairs.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <stdexcept>

#include "models/chips/chip_file.h"
#include "models/networks/zoo.h"

namespace nnp::test {
namespace {

/// FNV-1a, 64 bits: an order without meaning that every library computes alike.
std::uint64_t hash(const std::string& text) {
  std::uint64_t value = 0xcbf29ce484222325;
  for (const char letter : text) value = (value ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
  return value;
}

std::map<std::string, double> seconds_by_network() {
  const std::string path = NNPSIM_SOURCE_DIR "/tests/data/network_seconds.csv";
  std::ifstream in(path);
  std::map<std::string, double> seconds;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("#")) continue;
    const std::size_t comma = line.find(',');
    double value = 0;
    const char* end = line.data() + line.size();
    if (comma == std::string::npos || std::from_chars(line.data() + comma + 1, end, value).ptr != end)
      throw std::runtime_error(fmt::format("{}: not network,seconds: {}", path, line));
    seconds[line.substr(0, comma)] = value;
  }
  if (seconds.empty()) throw std::runtime_error(fmt::format("{}: cannot be read", path));
  return seconds;
}

}  // namespace

std::vector<NetworkPair> network_pairs() {
  const auto seconds = seconds_by_network();
  std::vector<NetworkPair> pairs;
  for (const models::NetworkInfo& network : models::networks())
    for (const std::string& chip : models::preset_names()) {
      auto known = seconds.find(network.name + " on " + chip);
      if (known == seconds.end()) known = seconds.find(network.name);
      pairs.push_back({network.name, chip, known == seconds.end() ? kUnknownSeconds : known->second});
    }
  const auto rank = [](const NetworkPair& pair) { return hash(pair.network + " on " + pair.chip); };
  std::ranges::sort(pairs, {}, rank);
  return pairs;
}

std::vector<std::vector<NetworkPair>> slices(const std::vector<NetworkPair>& pairs, double budget) {
  std::vector<std::vector<NetworkPair>> cut;
  double spent = 0;
  for (const NetworkPair& pair : pairs) {
    if (cut.empty() || spent + pair.seconds > budget) cut.emplace_back(), spent = 0;
    cut.back().push_back(pair);
    spent += pair.seconds;
  }
  return cut;
}

std::size_t slice_of_day(std::int64_t days, std::size_t slices) {
  return static_cast<std::size_t>(days) % slices;
}

}  // namespace nnp::test
