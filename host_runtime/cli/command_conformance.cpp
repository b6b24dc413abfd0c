// SPDX-License-Identifier: Apache-2.0
// nnpsim conformance: ONNX's backend test cases, one by one, and a table by operator.
#include <fmt/format.h>

#include <array>
#include <map>
#include <nlohmann/json.hpp>

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

nlohmann::ordered_json as_json(const Counts& counts) {
  nlohmann::ordered_json json;
  for (const Outcome outcome : kOutcomes) {
    const auto found = counts.find(outcome);
    std::string key = conformance::to_string(outcome);
    std::replace(key.begin(), key.end(), ' ', '_');
    json[key] = found == counts.end() ? 0 : found->second;
  }
  return json;
}

void print_json(const std::vector<CaseResult>& results, const std::map<std::string, Counts>& by_operator,
                const Counts& all) {
  nlohmann::ordered_json operators, cases = nlohmann::ordered_json::array();
  for (const auto& [name, counts] : by_operator) operators[name] = as_json(counts);
  for (const CaseResult& result : results)
    cases.push_back({{"name", result.name},
                     {"operators", result.operators},
                     {"outcome", conformance::to_string(result.outcome)},
                     {"reason", result.reason}});
  fmt::print("{}\n", nlohmann::ordered_json{{"schema", "nnpsim.conformance/1"},
                                            {"backend", "host"},
                                            {"summary", as_json(all)},
                                            {"operators", operators},
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
  const auto backend = conformance::make_host_backend();
  std::vector<CaseResult> results;
  std::map<std::string, Counts> by_operator;
  Counts all;
  for (const auto& folder : folders) {
    results.push_back(conformance::run_case_apart(folder, *backend, kSecondsACase));
    ++by_operator[subject(results.back())][results.back().outcome];
    ++all[results.back().outcome];
  }
  options.json ? print_json(results, by_operator, all) : print_tables(results, by_operator, all);
  return all[Outcome::failed] == 0 ? kOk : kCheckFailed;
}

}  // namespace nnp::cli
