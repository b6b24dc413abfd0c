// SPDX-License-Identifier: Apache-2.0
// nnpsim query FILE.npt: the chip at a cycle, its waits, its critical path, or whether the trace keeps its
// laws.
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "host_runtime/cli/commands.h"
#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/exit_code.h"
#include "host_runtime/cli/figures.h"
#include "host_runtime/cli/table.h"
#include "host_runtime/cli/trace_words.h"
#include "traces/query/at_cycle.h"
#include "traces/query/critical_path.h"
#include "traces/query/extent.h"
#include "traces/query/laws.h"
#include "traces/query/stalls.h"

namespace nnp::cli {
namespace {

using Align = Table::Align;
using Json = nlohmann::ordered_json;
using traces::TraceFile;
using traces::TraceInfo;

void print(const Json& json) { fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace)); }

Json head(const TraceFile& file) {
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

std::string state_words(const sim::UnitState& state) {
  return state.state == sim::State::wait ? fmt::format("wait {}", to_string(state.cause))
                                         : to_string(state.state);
}

// ---- --at

int at_cycle(const TraceFile& file, const QueryOptions& options, const traces::Filter& filter) {
  const TraceInfo& info = file.info();
  if (*options.at >= traces::recorded_cycles(file))
    throw UsageError(
        fmt::format("--at {}: the trace ends at cycle {}", *options.at, traces::recorded_cycles(file)));
  Json list = Json::array();
  Table table({{"unit", Align::left},
               {"state", Align::left},
               {"since"},
               {"for"},
               {"layer", Align::left},
               {"instruction", Align::left}});
  std::string ends;
  for (const traces::UnitAt& unit : traces::at_cycle(file, *options.at)) {
    if (!filter.takes_unit(unit.unit) || !unit.record) continue;
    const sim::UnitState& state = unit.record->state;
    const std::string text =
        state.instruction == sim::kNoInstruction
            ? ""
            : fmt::format("{} {}", state.instruction, file.instruction_text(state.instruction));
    Json json = json_of(file, *unit.record);
    json["text"] = text;
    json["queued"] = unit.queued;
    json["transfers_in_flight"] = unit.transfers_in_flight;
    json["bytes_in_flight"] = unit.bytes_in_flight;
    list.push_back(std::move(json));
    table.add({unit_word(info, unit.unit), state_words(state), count_text(unit.record->start),
               count_text(unit.record->length), shortened(layer_word(info, state.layer), 24),
               shortened(text, 70)});
    if (state.state == sim::State::wait)
      ends += fmt::format("  {} waits until cycle {}, ended by {}{}\n", unit_word(info, unit.unit),
                          count_text(unit.record->start + unit.record->length),
                          release_words(info, unit.record->ended_by),
                          unit.transfers_in_flight == 0
                              ? ""
                              : fmt::format("; {} transfers in flight, {}", unit.transfers_in_flight,
                                            size_text(static_cast<double>(unit.bytes_in_flight))));
  }
  if (options.json) {
    Json json = head(file);
    json["at"] = *options.at, json["units"] = list;
    print(json);
  } else {
    fmt::print("{} on {}, core cycle {}\n\n{}", info.network, info.chip, count_text(*options.at),
               table.text());
    if (!ends.empty()) fmt::print("\n{}", ends);
  }
  return kOk;
}

// ---- --stalls

int list_stalls(const TraceFile& file, const QueryOptions& options, const traces::Filter& filter) {
  const TraceInfo& info = file.info();
  const auto stalls = traces::stalls(file, filter);
  const auto total = static_cast<double>(traces::recorded_cycles(file));
  Json list = Json::array();
  Table table({{"unit", Align::left},
               {"waits for", Align::left},
               {"of", Align::left},
               {"cycles"},
               {"of the run"},
               {"times"},
               {"longest"},
               {"at cycle"}});
  for (const traces::Stall& stall : stalls) {
    const double part =
        info.units[stall.unit].memory_clock ? 0 : share(static_cast<double>(stall.cycles), total);
    list.push_back({{"unit", unit_word(info, stall.unit)},
                    {"cause", to_string(stall.cause)},
                    {"resource", unit_word(info, stall.resource)},
                    {"cycles", stall.cycles},
                    {"count", stall.count},
                    {"longest", json_of(file, stall.longest)}});
    table.add({unit_word(info, stall.unit), to_string(stall.cause), unit_word(info, stall.resource),
               count_text(stall.cycles), percent_text(part), count_text(stall.count),
               count_text(stall.longest.length), count_text(stall.longest.start)});
  }
  if (options.json) {
    Json json = head(file);
    json["stalls"] = list;
    print(json);
  } else {
    fmt::print("{} on {}, {} cycles: waits by unit, cause and what was waited for\n\n{}", info.network,
               info.chip, count_text(traces::recorded_cycles(file)), table.text());
    if (!stalls.empty())
      fmt::print(
          "\nnnpsim explain {} tells what it means. Waits beside the critical path cost nothing: see "
          "--critical-path.\n",
          to_string(stalls.front().cause));
  }
  return kOk;
}

// ---- --critical-path

int show_path(const TraceFile& file, const QueryOptions& options, const traces::Filter& filter) {
  const TraceInfo& info = file.info();
  const traces::TraceGraph graph(file);
  const auto path = traces::critical_path(graph);
  if (options.json) {
    Json json = head(file);
    json["cycles"] = graph.end();
    Json list = Json::array();
    for (const traces::PathPiece& piece : path)
      if (filter.takes(piece.unit, piece.layer, piece.cause))
        list.push_back({{"unit", unit_word(info, piece.unit)},
                        {"state", to_string(piece.state)},
                        {"cause", to_string(piece.cause)},
                        {"resource", unit_word(info, piece.resource)},
                        {"layer", layer_word(info, piece.layer)},
                        {"instruction",
                         piece.instruction == sim::kNoInstruction ? Json(nullptr) : Json(piece.instruction)},
                        {"start", piece.start},
                        {"cycles", piece.cycles}});
    json["path"] = list;
    print(json);
    return kOk;
  }
  struct Sum {
    Cycles cycles = 0;
    std::uint64_t pieces = 0;
  };
  std::map<std::tuple<std::string, std::string, std::string>, Sum> by_cause;
  std::map<std::uint16_t, Cycles> by_layer;
  for (const traces::PathPiece& piece : path) {
    if (!filter.takes(piece.unit, piece.layer, piece.cause)) continue;
    const std::string what = piece.state == sim::State::busy ? "works" : to_string(piece.cause);
    Sum& sum = by_cause[{unit_word(info, piece.unit), what, unit_word(info, piece.resource)}];
    sum.cycles += piece.cycles, ++sum.pieces;
    by_layer[piece.layer] += piece.cycles;
  }
  std::vector<std::pair<std::tuple<std::string, std::string, std::string>, Sum>> rows(by_cause.begin(),
                                                                                      by_cause.end());
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.second.cycles > b.second.cycles; });
  const auto total = static_cast<double>(graph.end());
  Table causes({{"on the path", Align::left},
                {"works or waits for", Align::left},
                {"of", Align::left},
                {"cycles"},
                {"of the run"},
                {"pieces"}});
  for (const auto& [key, sum] : rows)
    causes.add({std::get<0>(key), std::get<1>(key), std::get<2>(key), count_text(sum.cycles),
                percent_text(share(static_cast<double>(sum.cycles), total)), count_text(sum.pieces)});
  std::vector<std::pair<std::uint16_t, Cycles>> layers(by_layer.begin(), by_layer.end());
  std::stable_sort(layers.begin(), layers.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  constexpr std::size_t kMostLayers = 12;
  Table layer_table({{"layer", Align::left}, {"cycles on the path"}, {"of the run"}});
  for (std::size_t i = 0; i < std::min(layers.size(), kMostLayers); ++i)
    layer_table.add({layers[i].first == sim::kNoLayer ? "(no layer)" : layer_word(info, layers[i].first),
                     count_text(layers[i].second),
                     percent_text(share(static_cast<double>(layers[i].second), total))});
  fmt::print("{} on {}: the chain of work and waits that makes the run {} cycles long\n\n{}\n{}",
             info.network, info.chip, count_text(graph.end()), causes.text(), layer_table.text());
  return kOk;
}

// ---- --verify and the overview

int verify(const TraceFile& file, const QueryOptions& options) {
  const traces::TraceGraph graph(file);
  const auto breaches = traces::breached_laws(file, graph);
  if (options.json) {
    Json json = head(file);
    json["records"] = file.records_in_file();
    json["breaches"] = breaches;
    print(json);
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
    Json json = head(file);
    json["level"] = info.level, json["records"] = file.records_in_file();
    json["verdict"] = file.summary() ? Json(file.summary()->verdict) : Json(nullptr);
    json["units"] = units;
    print(json);
    return kOk;
  }
  fmt::print("{} on {}, {}, batch {}: {} cycles, {} records (level {})\n\n{}", info.network, info.chip,
             info.precision, info.batch, count_text(traces::recorded_cycles(file)),
             count_text(file.records_in_file()), info.level, table.text());
  if (file.summary() && !file.summary()->verdict.empty()) fmt::print("\n{}\n", file.summary()->verdict);
  fmt::print("\nNext: --critical-path, --stalls, --at CYCLE; nnpsim export FILE.npt --perfetto -o FILE\n");
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
  if (options.at) return at_cycle(file, options, filter);
  if (options.critical_path) return show_path(file, options, filter);
  if (options.verify) return verify(file, options);
  if (options.stalls || filter.unit || filter.layer || filter.cause)
    return list_stalls(file, options, filter);
  return overview(file, options);
}

}  // namespace nnp::cli
