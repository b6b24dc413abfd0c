// SPDX-License-Identifier: Apache-2.0
#include "tests/support/validation/network_measure.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "host_runtime/cli/npy.h"
#include "host_runtime/compare/sqnr.h"
#include "tests/support/nnpsim_process.h"
#include "tests/support/temporary_folder.h"

namespace nnp::test {
namespace {

std::vector<std::string> words(const NetworkToMeasure& wanted) {
  std::vector<std::string> arguments{"run",         wanted.file.empty() ? wanted.name : wanted.file,
                                     "--chip",      wanted.chip,
                                     "--precision", wanted.precision,
                                     "--check",     "naive,onednn"};
  if (!wanted.input.empty()) arguments.insert(arguments.end(), {"--input", wanted.input});
  return arguments;
}

/// What a program that did not end well said: its first line, without the paths of this machine.
std::string first_words(const Outcome& outcome, const NetworkToMeasure& wanted) {
  std::string line = outcome.err.substr(0, outcome.err.find('\n'));
  const std::string folder = std::filesystem::path(wanted.file).parent_path().string() + "/";
  if (!wanted.file.empty() && line.find(folder) != std::string::npos)
    line.erase(line.find(folder), folder.size());
  if (line.starts_with("nnpsim: ")) line.erase(0, 8);
  return line.empty() ? fmt::format("ended with {} and no message", outcome.exit) : line;
}

double decibels_against(const std::string& expected, const std::filesystem::path& output) {
  return compare::sqnr_db({cli::read_npy(expected)}, {cli::read_npy(output)});
}

}  // namespace

std::string command_line(const NetworkToMeasure& wanted) { return reproducer(words(wanted)); }

NetworkRecord measure(const NetworkToMeasure& wanted) {
  const TemporaryFolder folder;
  const std::string outputs = folder.path("outputs");
  std::vector<std::string> arguments = words(wanted);
  arguments.push_back("--json");
  if (!wanted.expected.empty()) arguments.insert(arguments.end(), {"--output", outputs});
  const Outcome outcome = run_nnpsim(arguments);

  NetworkRecord record;
  record.source = wanted.source;
  record.network = wanted.name;
  record.chip = wanted.chip;
  record.precision = wanted.precision;
  constexpr int kCheckFailed = 1;  // its report says which
  if (outcome.exit != 0 && outcome.exit != kCheckFailed) {
    record.exit = outcome.exit;
    record.refused = first_words(outcome, wanted);
    return record;
  }
  const auto report = nlohmann::json::parse(outcome.out);
  record.cycles = report.at("cycles");
  for (const auto& layer : report.at("layers"))
    ++(layer.at("where") == "chip" ? record.on_chip : record.on_host)[layer.at("op").get<std::string>()];
  for (const auto& check : report.at("check")) {
    record.checks[check.at("reference")] = check.at("status");
    if (check.contains("sqnr_db")) record.sqnr_db = check["sqnr_db"].get<double>();
  }
  if (!wanted.expected.empty())
    record.pytorch_db = decibels_against(
        wanted.expected,
        std::filesystem::path(outputs) / (report.at("outputs").at(0).at("name").get<std::string>() + ".npy"));
  return record;
}

}  // namespace nnp::test
