// SPDX-License-Identifier: Apache-2.0
#include "tests/support/validation/networks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "host_runtime/cli/figures.h"
#include "tests/support/validation/markdown.h"

namespace nnp::test {
namespace {

using Records = std::vector<NetworkRecord>;

/// Of one network; null where the chip has no record.
std::vector<const NetworkRecord*> by_chip(const Records& records, const std::string& source,
                                          const std::string& network) {
  std::vector<const NetworkRecord*> found;
  for (const PageChip& chip : page_chips()) {
    found.push_back(nullptr);
    for (const NetworkRecord& record : records)
      if (record.source == source && record.network == network && record.chip == chip.chip)
        found.back() = &record;
  }
  return found;
}

/// What a chip has more of than another.
Count more(const Count& of, const Count& than) {
  Count result;
  for (const auto& [name, count] : of) {
    const auto other = than.find(name);
    const std::uint64_t had = other == than.end() ? 0 : other->second;
    if (count > had) result[name] = count - had;
  }
  return result;
}

std::string text(const Count& count) {
  std::vector<std::string> words;
  for (const auto& [name, times] : count) words.push_back(fmt::format("{} {}", times, name));
  return fmt::format("{}", fmt::join(words, ", "));
}

/// Steps between the formats of host and chip are told as one.
Count with_conversions_together(Count count) {
  std::uint64_t conversions = 0;
  for (const char* name : {"QuantizeLinear", "DequantizeLinear", "Cast"})
    if (const auto found = count.find(name); found != count.end())
      conversions += found->second, count.erase(found);
  if (conversions != 0) count["conversions"] = conversions;
  return count;
}

/// The first chip's in full, of the others what they have more.
std::string layers(const std::vector<const NetworkRecord*>& records, Count NetworkRecord::*place) {
  const NetworkRecord* first = nullptr;
  std::string result;
  for (const NetworkRecord* record : records) {
    if (record == nullptr || record->exit != 0) continue;
    const Count own = with_conversions_together(record->*place);
    if (first == nullptr) {
      first = record;
      result = text(own);
    } else if (const Count extra = more(own, with_conversions_together(first->*place)); !extra.empty()) {
      result += fmt::format("{}{}: {} more", result.empty() ? "" : "; ", record->chip, text(extra));
    }
  }
  return result;
}

std::string decibels(const std::optional<double>& value) {
  return value ? fmt::format("{:.1f}", *value) : "";
}

std::string verdict(const std::vector<const NetworkRecord*>& records) {
  std::size_t good = 0, all = 0;
  for (const NetworkRecord* record : records) {
    if (record == nullptr || record->exit != 0) continue;
    for (const auto& [reference, status] : record->checks) ++all, good += status == "passed";
  }
  return fmt::format("{} of {}", good, all);
}

}  // namespace

const std::vector<PageChip>& page_chips() {
  static const std::vector<PageChip> chips{{"tpu_v1", "int8"}, {"hbm128", "bf16"}, {"gemmini16", "int8"}};
  return chips;
}

std::filesystem::path records_file() { return NNPSIM_SOURCE_DIR "/docs/validation/networks.json"; }

std::string networks_table(const Records& all, const std::string& source) {
  const bool pytorch = source == "pytorch";
  std::vector<std::string> header{"network", "layers on the chip", "on the host"};
  for (const PageChip& chip : page_chips()) {
    header.push_back(fmt::format("{} {}, cycles", chip.chip, chip.precision));
    header.push_back("SQNR, dB");
    if (pytorch) header.push_back("to PyTorch, dB");
  }
  header.push_back("checks passed");
  Markdown table(header);
  std::set<std::string> networks;
  for (const NetworkRecord& record : all)
    if (record.source == source) networks.insert(record.network);
  for (const std::string& network : networks) {
    const auto records = by_chip(all, source, network);
    std::vector<std::string> cells{"`" + network + "`", layers(records, &NetworkRecord::on_chip),
                                   layers(records, &NetworkRecord::on_host)};
    for (const NetworkRecord* record : records) {
      const bool ran = record != nullptr && record->exit == 0;
      cells.push_back(ran ? cli::count_text(record->cycles) : record == nullptr ? "not measured" : "refused");
      cells.push_back(ran ? decibels(record->sqnr_db) : "");
      if (pytorch) cells.push_back(ran ? decibels(record->pytorch_db) : "");
    }
    cells.push_back(verdict(records));
    table.row(cells);
  }
  return table.text();
}

std::string unsupported_table(const Records& records) {
  Markdown table({"network", "from", "chip", "why it does not run"});
  for (const NetworkRecord& record : records)
    if (record.exit != 0)
      table.row(
          {"`" + record.network + "`", record.source, record.chip,
           record.exit == 2 ? record.refused : fmt::format("FAILED ({}): {}", record.exit, record.refused)});
  return table.text();
}

std::string networks_zoo_table() { return networks_table(read_records(records_file()), "zoo"); }
std::string networks_pytorch_table() { return networks_table(read_records(records_file()), "pytorch"); }
std::string networks_unsupported_table() { return unsupported_table(read_records(records_file())); }

}  // namespace nnp::test
