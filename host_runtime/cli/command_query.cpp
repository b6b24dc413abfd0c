// SPDX-License-Identifier: Apache-2.0
// nnpsim query FILE.npt: the chip at a cycle, its waits, its critical path, or whether the trace keeps its
// laws.
#include <fmt/format.h>

#include "host_runtime/cli/commands.h"
#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/exit_code.h"
#include "host_runtime/cli/figures.h"
#include "host_runtime/cli/query_answers.h"
#include "host_runtime/cli/table.h"
#include "host_runtime/cli/trace_words.h"
#include "traces/query/extent.h"
#include "traces/query/laws.h"

namespace nnp::cli {

using Align = Table::Align;
using Json = nlohmann::ordered_json;
using traces::TraceFile;
using traces::TraceInfo;

void print_json(const Json& json) {
  fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
}

Json answer_head(const TraceFile& file) {
  return {{"schema", "nnpsim.query/1"},
          {"network", file.info().network},
          {"chip", file.info().chip},
          {"cycles", traces::recorded_cycles(file)},
          {"complete", file.shortcoming().empty()}};
}

Json json_of(const TraceFile& file, const sim::StateRecord& record) {
  const TraceInfo& info = file.info();
  const sim::UnitState& state = record.state;
  Json json{{"unit", unit_word(info, record.unit)},
            {"state", to_string(state.state)},
            {"cause", to_string(state.cause)},
            {"resource", unit_word(info, state.resource)},
            {"layer", layer_word(info, state.layer)},
            {"start", record.start},
            {"cycles", record.length}};
  json["instruction"] = state.instruction == sim::kNoInstruction ? Json(nullptr) : Json(state.instruction);
  if (state.state != sim::State::busy) json["ended_by"] = release_words(info, record.ended_by);
  return json;
}

namespace {

int verify(const TraceFile& file, const QueryOptions& options) {
  const traces::TraceGraph graph(file);
  const auto breaches = traces::breached_laws(file, graph);
  if (options.json) {
    Json json = answer_head(file);
    json["records"] = file.records_in_file();
    json["breaches"] = breaches;
    print_json(json);
  } else if (breaches.empty()) {
    fmt::print(
        "{} records keep the laws: no gap, no overlap, sums equal to the run's account, every wait ends when "
        "what ended it is seen, every chain has a root, the critical path covers {} cycles\n",
        count_text(file.records_in_file()), count_text(graph.end()));
  } else {
    for (const std::string& breach : breaches) fmt::print("{}\n", breach);
  }
  return breaches.empty() ? kOk : kCheckFailed;
}

int overview(const TraceFile& file, const QueryOptions& options) {
  const TraceInfo& info = file.info();
  Json units = Json::object();
  Table table({{"unit", Align::left}, {"busy"}, {"waits"}, {"idle"}, {"longest waits", Align::left}});
  for (std::size_t unit = 0; unit < info.units.size(); ++unit) {
    traces::TraceAccount account;
    if (file.summary() && file.summary()->units.contains(info.units[unit].name))
      account = file.summary()->units.at(info.units[unit].name);
    else
      account = traces::account_of(file.states(unit));
    units[info.units[unit].name] = {
        {"cycles", account.cycles}, {"busy", account.busy}, {"waits", account.waits}, {"idle", account.idle}};
    const auto of = [&](Cycles part) {
      return percent_text(share(static_cast<double>(part), static_cast<double>(account.cycles)));
    };
    std::vector<std::pair<std::string, Cycles>> waits(account.waits.begin(), account.waits.end());
    std::sort(waits.begin(), waits.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    std::string longest;
    for (std::size_t i = 0; i < std::min<std::size_t>(3, waits.size()); ++i)
      longest += fmt::format("{}{} {}", i == 0 ? "" : ", ", waits[i].first, of(waits[i].second));
    table.add({info.units[unit].name, of(account.busy), of(account.cycles - account.busy - account.idle),
               of(account.idle), longest});
  }
  if (options.json) {
    Json json = answer_head(file);
    json["level"] = info.level, json["records"] = file.records_in_file();
    json["verdict"] = file.summary() ? Json(file.summary()->verdict) : Json(nullptr);
    json["units"] = units;
    print_json(json);
    return kOk;
  }
  fmt::print("{} on {}, {}, batch {}: {} cycles, {} records (level {})\n\n{}", info.network, info.chip,
             info.precision, info.batch, count_text(traces::recorded_cycles(file)),
             count_text(file.records_in_file()), info.level, table.text());
  if (file.summary() && !file.summary()->verdict.empty()) fmt::print("\n{}\n", file.summary()->verdict);
  fmt::print(
      "\nNext: --critical-path, --stalls, --at CYCLE; nnpsim report FILE.npt -o FILE.html shows all of it\n");
  return kOk;
}

}  // namespace

int query(const QueryOptions& options) {
  const int asked = (options.at ? 1 : 0) + options.stalls + options.critical_path + options.verify;
  if (asked > 1) throw UsageError("query: one of --at, --stalls, --critical-path, --verify at a time");
  const TraceFile file(options.trace);
  if (!file.shortcoming().empty()) fmt::print(stderr, "nnpsim: {}: {}\n", options.trace, file.shortcoming());
  traces::Filter filter;
  if (!options.unit.empty()) filter.unit = unit_named(file.info(), options.unit);
  if (!options.layer.empty()) filter.layer = layer_named(file.info(), options.layer);
  if (!options.cause.empty()) filter.cause = cause_named(options.cause);
  if (options.at) return answer_at_cycle(file, options, filter);
  if (options.critical_path) return answer_critical_path(file, options, filter);
  if (options.verify) return verify(file, options);
  if (options.stalls || filter.unit || filter.layer || filter.cause)
    return answer_stalls(file, options, filter);
  return overview(file, options);
}

}  // namespace nnp::cli
