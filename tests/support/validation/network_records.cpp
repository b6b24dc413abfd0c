// SPDX-License-Identifier: Apache-2.0
#include "tests/support/validation/network_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <tuple>

namespace nnp::test {
namespace {

using Json = nlohmann::ordered_json;

auto key(const NetworkRecord& record) { return std::tie(record.source, record.network, record.chip); }

/// A tenth of a decibel is what the page shows.
double rounded(double decibel) { return std::round(decibel * 10) / 10; }

Json to_json(const NetworkRecord& record) {
  Json json{{"source", record.source},
            {"network", record.network},
            {"chip", record.chip},
            {"precision", record.precision}};
  if (record.exit != 0) {
    json["exit"] = record.exit;
    json["refused"] = record.refused;
    return json;
  }
  json["cycles"] = record.cycles;
  json["on_chip"] = record.on_chip;
  json["on_host"] = record.on_host;
  json["checks"] = record.checks;
  if (record.sqnr_db) json["sqnr_db"] = rounded(*record.sqnr_db);
  if (record.pytorch_db) json["pytorch_db"] = rounded(*record.pytorch_db);
  return json;
}

NetworkRecord from_json(const Json& json) {
  NetworkRecord record;
  record.source = json.at("source");
  record.network = json.at("network");
  record.chip = json.at("chip");
  record.precision = json.at("precision");
  record.exit = json.value("exit", 0);
  if (record.exit != 0) {
    record.refused = json.at("refused");
    return record;
  }
  record.cycles = json.at("cycles");
  record.on_chip = json.at("on_chip").get<Count>();
  record.on_host = json.at("on_host").get<Count>();
  record.checks = json.at("checks").get<std::map<std::string, std::string>>();
  if (json.contains("sqnr_db")) record.sqnr_db = json["sqnr_db"].get<double>();
  if (json.contains("pytorch_db")) record.pytorch_db = json["pytorch_db"].get<double>();
  return record;
}

}  // namespace

bool passed(const NetworkRecord& record) {
  return record.exit == 0 &&
         std::ranges::all_of(record.checks, [](const auto& check) { return check.second == "passed"; });
}

bool failed(const NetworkRecord& record) { return !passed(record) && record.exit != 2; }

std::vector<NetworkRecord> read_records(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return {};
  try {
    std::ifstream in(file);
    std::vector<NetworkRecord> records;
    for (const Json& json : Json::parse(in)) records.push_back(from_json(json));
    return records;
  } catch (const Json::exception& error) {
    throw std::runtime_error(
        fmt::format("{}: not the records of scripts/networks-table: {}", file.string(), error.what()));
  }
}

void write_records(const std::filesystem::path& file, std::vector<NetworkRecord> records) {
  std::ranges::sort(records, [](const auto& a, const auto& b) { return key(a) < key(b); });
  std::string text = "[\n";
  for (std::size_t i = 0; i < records.size(); ++i)
    text += to_json(records[i]).dump() + (i + 1 < records.size() ? ",\n" : "\n");
  text += "]\n";
  std::ofstream out(file, std::ios::binary);
  if (!out.write(text.data(), static_cast<std::streamsize>(text.size())).flush())
    throw std::runtime_error(fmt::format("{}: cannot be written", file.string()));
}

void put_record(std::vector<NetworkRecord>& records, NetworkRecord record) {
  const auto old =
      std::ranges::find_if(records, [&](const NetworkRecord& each) { return key(each) == key(record); });
  if (old == records.end())
    records.push_back(std::move(record));
  else
    *old = std::move(record);
}

}  // namespace nnp::test
