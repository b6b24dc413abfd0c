// SPDX-License-Identifier: Apache-2.0
// networks_table [--chips CHIP,...] [--pytorch FOLDER] [--check] [NAME]...: runs networks on the chips of
// docs/validation/networks.md, one after the other, keeps what they did in networks.json and writes the page.
// NAMEs are the zoo's (all when none is given); with --pytorch, FOLDER has NAME.onnx, NAME_input.npy and
// NAME_output.npy and they are PyTorch's. --check compares instead of writing. Exit code 0: all ran or were
// refused by name; 1: a run failed, or --check found other cycles; 2: usage.
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <stdexcept>

#include "models/networks/zoo.h"
#include "tests/support/validation/network_measure.h"
#include "tests/support/validation/networks.h"
#include "tests/support/validation/pages.h"

namespace {

using namespace nnp::test;

struct Options {
  std::vector<PageChip> chips = page_chips();
  std::string pytorch;  // folder; empty: the zoo
  bool check = false;
  std::vector<std::string> names;
};

std::vector<PageChip> chips_of(const std::string& list) {
  std::vector<PageChip> chosen;
  for (std::size_t at = 0; at <= list.size();) {
    const std::string name = list.substr(at, list.find(',', at) - at);
    at += name.size() + 1;
    const auto found =
        std::ranges::find_if(page_chips(), [&](const PageChip& chip) { return name == chip.chip; });
    if (found == page_chips().end()) {
      std::string known;
      for (const PageChip& chip : page_chips()) known += fmt::format(" {}", chip.chip);
      throw std::invalid_argument(
          fmt::format("--chips {}: the page has no column for it, only{}", name, known));
    }
    chosen.push_back(*found);
  }
  return chosen;
}

Options parse(const std::vector<std::string>& words) {
  Options options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto value = [&] {
      if (i + 1 == words.size()) throw std::invalid_argument(words[i] + ": a value is missing");
      return words[++i];
    };
    if (words[i] == "--chips")
      options.chips = chips_of(value());
    else if (words[i] == "--pytorch")
      options.pytorch = value();
    else if (words[i] == "--check")
      options.check = true;
    else if (words[i].starts_with("-"))
      throw std::invalid_argument(
          "usage: networks_table [--chips CHIP,...] [--pytorch FOLDER] [--check] [NAME]...");
    else
      options.names.push_back(words[i]);
  }
  if (options.pytorch.empty()) {
    for (const std::string& name : options.names)
      if (std::ranges::none_of(nnp::models::networks(), [&](const auto& each) { return each.name == name; }))
        throw std::invalid_argument(
            fmt::format("no network '{}' in the zoo; nnpsim networks lists it", name));
    if (options.names.empty())
      for (const nnp::models::NetworkInfo& network : nnp::models::networks())
        options.names.push_back(network.name);
  }
  return options;
}

NetworkToMeasure wanted(const Options& options, const std::string& name, const PageChip& chip) {
  if (options.pytorch.empty()) return {"zoo", name, chip.chip, chip.precision, "", "", ""};
  const std::string path = options.pytorch + "/" + name;
  return {"pytorch",           name, chip.chip, chip.precision, path + ".onnx", path + "_input.npy",
          path + "_output.npy"};
}

std::string outcome(const NetworkRecord& record) {
  if (record.exit != 0)
    return fmt::format("{} ({}): {}", failed(record) ? "FAILED" : "refused", record.exit, record.refused);
  std::string text = fmt::format("{} cycles", record.cycles);
  for (const auto& [reference, status] : record.checks) text += fmt::format(", {} {}", reference, status);
  if (record.sqnr_db) text += fmt::format(", SQNR {:.1f} dB", *record.sqnr_db);
  if (record.pytorch_db) text += fmt::format(", to PyTorch {:.1f} dB", *record.pytorch_db);
  return text;
}

void write_page(const std::vector<NetworkRecord>& records) {
  write_records(records_file(), records);
  for (const ValidationTable& table : validation_tables())
    if (std::string(table.page) == "networks") update(validation_folder(), table, table.make());
}

/// Whether the run was as it should be.
bool measure_one(const Options& options, const NetworkToMeasure& network) {
  const NetworkRecord record = measure(network);
  fmt::print("{:8} {:22} {:10} {}\n", record.source, record.network, record.chip, outcome(record));
  std::fflush(stdout);
  if (failed(record)) fmt::print("  {}\n", command_line(network));
  std::vector<NetworkRecord> records =
      read_records(records_file());  // now: others may measure at the same time
  if (!options.check) {
    put_record(records, record);
    write_page(records);  // after each run: what is measured is kept whatever comes next
    return !failed(record);
  }
  const auto kept = std::ranges::find_if(records, [&](const NetworkRecord& each) {
    return each.source == record.source && each.network == record.network && each.chip == record.chip;
  });
  const bool same = kept != records.end() && kept->cycles == record.cycles && kept->exit == record.exit;
  if (!same) fmt::print("  networks.json has {}\n", kept == records.end() ? "no such run" : outcome(*kept));
  return same && !failed(record);
}

}  // namespace

int main(int argc, char** argv) try {
  const Options options = parse({argv + 1, argv + argc});
  check_pages(validation_folder(), validation_tables());
  bool good = true;
  for (const std::string& name : options.names)
    for (const PageChip& chip : options.chips) good &= measure_one(options, wanted(options, name, chip));
  return good ? 0 : 1;
} catch (const std::exception& error) {
  fmt::print(stderr, "networks_table: {}\n", error.what());
  return 2;
}
