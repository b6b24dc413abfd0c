// SPDX-License-Identifier: Apache-2.0
// nnpsim conformance: ONNX's backend test cases, one by one, and a table by operator.
#include <fmt/format.h>

#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "host_runtime/cli/chip_backend.h"
#include "host_runtime/cli/chip_choice.h"
#include "host_runtime/cli/commands.h"
#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/exit_code.h"
#include "host_runtime/cli/table.h"
#include "host_runtime/conformance/conformance.h"

namespace nnp::cli {
namespace {

using conformance::CaseResult;
using conformance::Outcome;

constexpr unsigned kSecondsACase = 60;
constexpr std::array kOutcomes{Outcome::passed, Outcome::on_host, Outcome::unsupported, Outcome::failed};
using Counts = std::map<Outcome, std::size_t>;

/// The operator that a case is about: its model's only one; models of several are one row.
std::string subject(const CaseResult& result) {
  return result.operators.size() == 1 ? result.operators[0] : "(several)";
}

std::vector<std::string> cells(const std::string& name, Counts counts) {
  std::vector<std::string> row{name};
  for (const Outcome outcome : kOutcomes)
    row.push_back(counts[outcome] == 0 ? "" : std::to_string(counts[outcome]));
  return row;
}

void print_tables(const std::vector<CaseResult>& results, const std::map<std::string, Counts>& by_operator,
                  const Counts& all) {
  using Align = Table::Align;
  Table table({{"operator", Align::left}, {"passed"}, {"on host"}, {"unsupported"}, {"failed"}});
  for (const auto& [name, counts] : by_operator) table.add(cells(name, counts));
  table.add(cells("all", all));
  fmt::print("{}", table.text(0));
  for (const Outcome outcome : {Outcome::unsupported, Outcome::failed}) {
    Table reasons({{"case", Align::left}, {"reason", Align::left}});
    for (const CaseResult& result : results) {
      if (result.outcome == outcome) reasons.add({result.name, shortened(result.reason, 160)});
    }
    if (!reasons.empty()) fmt::print("\n{}\n{}", conformance::to_string(outcome), reasons.text(2));
  }
}

/// "none": there is nothing to compute, only constants and other names for the inputs.
const char* where(const CaseResult& result) {
  const bool passed = result.outcome == Outcome::passed || result.outcome == Outcome::on_host;
  if (passed && result.nodes == 0) return "none";
  return result.chip_nodes == 0 ? "host" : result.chip_nodes == result.nodes ? "chip" : "mixed";
}

void print_json(const std::vector<CaseResult>& results, const Counts& all, const std::string& chip) {
  const auto count = [&](Outcome outcome) { return all.contains(outcome) ? all.at(outcome) : 0; };
  nlohmann::ordered_json cases = nlohmann::ordered_json::array();
  for (const CaseResult& result : results) {
    const bool passed = result.outcome == Outcome::passed || result.outcome == Outcome::on_host;
    cases.push_back({{"name", result.name},
                     {"operators", result.operators},
                     {"status", passed ? "passed" : conformance::to_string(result.outcome)},
                     {"where", where(result)},
                     {"reason", result.reason}});
  }
  fmt::print("{}\n", nlohmann::ordered_json{{"schema", "nnpsim.conformance/1"},
                                            {"chip", chip.empty() ? nlohmann::ordered_json()
                                                                  : nlohmann::ordered_json(chip)},
                                            {"passed", count(Outcome::passed) + count(Outcome::on_host)},
                                            {"failed", count(Outcome::failed)},
                                            {"unsupported", count(Outcome::unsupported)},
                                            {"on_host", count(Outcome::on_host)},
                                            {"cases", cases}}
                         .dump(2));
}

}  // namespace

int conformance_tests(const ConformanceOptions& options) {
  std::vector<std::filesystem::path> folders;
  try {
    folders = conformance::find_cases(options.folder, options.filter);
  } catch (const std::runtime_error& error) {
    throw FileFault(error.what());
  }
  const auto backend = options.chip.chip.empty() ? conformance::make_host_backend()
                                                 : make_chip_backend(load_chip(options.chip));
  std::vector<CaseResult> results;
  std::map<std::string, Counts> by_operator;
  Counts all;
  for (const auto& folder : folders) {
    results.push_back(conformance::run_case_apart(folder, *backend, kSecondsACase));
    ++by_operator[subject(results.back())][results.back().outcome];
    ++all[results.back().outcome];
  }
  options.json ? print_json(results, all, options.chip.chip) : print_tables(results, by_operator, all);
  return all[Outcome::failed] == 0 ? kOk : kCheckFailed;
}

}  // namespace nnp::cli
