// SPDX-License-Identifier: Apache-2.0
// query --stalls and --critical-path: waits added up, and the waits and work that made the run so long.
#include <fmt/format.h>

#include <map>
#include <tuple>

#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/exit_code.h"
#include "host_runtime/cli/figures.h"
#include "host_runtime/cli/query_answers.h"
#include "host_runtime/cli/table.h"
#include "host_runtime/cli/trace_words.h"
#include "traces/query/critical_path.h"
#include "traces/query/extent.h"
#include "traces/query/stalls.h"

namespace nnp::cli {
namespace {

using Align = Table::Align;
using Json = nlohmann::ordered_json;
using traces::TraceFile;
using traces::TraceInfo;

}  // namespace

int answer_stalls(const TraceFile& file, const QueryOptions& options, const traces::Filter& filter) {
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
    Json json = answer_head(file);
    json["stalls"] = list;
    print_json(json);
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

int answer_critical_path(const TraceFile& file, const QueryOptions& options, const traces::Filter& filter) {
  const TraceInfo& info = file.info();
  const traces::TraceGraph graph(file);
  const auto path = traces::critical_path(graph);
  if (options.json) {
    Json json = answer_head(file);
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
    print_json(json);
    return kOk;
  }
  struct Sum {
    Cycles cycles = 0;
    std::uint64_t pieces = 0;
  };
  using Kind = std::tuple<std::uint16_t, sim::State, sim::Cause, std::uint16_t>;  // unit ... resource
  std::map<Kind, Sum> by_cause;
  std::map<std::uint16_t, Cycles> by_layer;
  for (const traces::PathPiece& piece : path) {
    if (!filter.takes(piece.unit, piece.layer, piece.cause)) continue;
    Sum& sum = by_cause[{piece.unit, piece.state, piece.cause, piece.resource}];
    sum.cycles += piece.cycles, ++sum.pieces;
    by_layer[piece.layer] += piece.cycles;
  }
  std::vector<std::pair<Kind, Sum>> rows(by_cause.begin(), by_cause.end());
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.second.cycles > b.second.cycles; });
  const auto total = static_cast<double>(graph.end());
  Table causes({{"on the path", Align::left},
                {"works or waits for", Align::left},
                {"of", Align::left},
                {"cycles"},
                {"of the run"},
                {"pieces"}});
  for (const auto& [kind, sum] : rows) {
    const auto& [unit, state, cause, resource] = kind;
    causes.add({unit_word(info, unit), state == sim::State::busy ? "works" : to_string(cause),
                unit_word(info, resource), count_text(sum.cycles),
                percent_text(share(static_cast<double>(sum.cycles), total)), count_text(sum.pieces)});
  }
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

}  // namespace nnp::cli
