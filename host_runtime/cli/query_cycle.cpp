// SPDX-License-Identifier: Apache-2.0
// query --at CYCLE: every unit's state at one cycle, and what ends its wait.
#include <fmt/format.h>

#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/exit_code.h"
#include "host_runtime/cli/figures.h"
#include "host_runtime/cli/query_answers.h"
#include "host_runtime/cli/table.h"
#include "host_runtime/cli/trace_words.h"
#include "traces/query/at_cycle.h"
#include "traces/query/extent.h"

namespace nnp::cli {
namespace {

using Align = Table::Align;
using Json = nlohmann::ordered_json;
using traces::TraceFile;
using traces::TraceInfo;

std::string state_words(const sim::UnitState& state) {
  return state.state == sim::State::wait ? fmt::format("wait {}", to_string(state.cause))
                                         : to_string(state.state);
}

}  // namespace

int answer_at_cycle(const TraceFile& file, const QueryOptions& options, const traces::Filter& filter) {
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
    Json json = answer_head(file);
    json["at"] = *options.at, json["units"] = list;
    print_json(json);
  } else {
    fmt::print("{} on {}, core cycle {}\n\n{}", info.network, info.chip, count_text(*options.at),
               table.text());
    if (!ends.empty()) fmt::print("\n{}", ends);
  }
  return kOk;
}

}  // namespace nnp::cli
