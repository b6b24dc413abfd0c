// SPDX-License-Identifier: Apache-2.0
#include "traces/query/critical_path.h"

#include <algorithm>

namespace nnp::traces {
namespace {

constexpr std::uint16_t kCommandProcessor = 0;

sim::Cause cause_of(const sim::StateRecord& record) {
  // With nothing at hand the command processor's time is the link's: doorbell and interrupt cross it.
  if (record.state.state == sim::State::idle && record.unit == kCommandProcessor) return sim::Cause::pcie;
  return record.state.cause;
}

PathPiece piece_of(const TraceGraph& graph, const sim::StateRecord& record, Cycle start, Cycle end) {
  PathPiece piece;
  piece.unit = record.unit;
  piece.state = record.state.state == sim::State::busy ? sim::State::busy : sim::State::wait;
  piece.cause = cause_of(record);
  piece.resource = graph.server_of(record).value_or(record.state.resource);
  piece.layer = record.state.layer, piece.instruction = record.state.instruction;
  piece.start = start, piece.cycles = end - start;
  return piece;
}

/// The last event is the interrupt: the command processor's.
Point last_point(const TraceGraph& graph) { return {kCommandProcessor, graph.end()}; }

}  // namespace

std::vector<PathPiece> critical_path(const TraceGraph& graph) {
  std::vector<PathPiece> path;
  if (graph.units().empty()) return path;
  Point at = last_point(graph);
  std::vector<std::size_t> last(graph.units().size(),
                                0);  // state met last in each unit: the next is beside it
  std::size_t steps_in_place = 0;    // hops between units without going back in time
  while (at.cycle > 0) {
    const auto& states = graph.units()[at.unit].states;
    const Cycle known = states.empty() ? 0 : states.back().start + states.back().length;
    if (known < at.cycle) {  // an incomplete trace: this unit's last state is not in it
      PathPiece unknown;
      unknown.unit = at.unit, unknown.state = sim::State::wait;
      unknown.start = known, unknown.cycles = at.cycle - known;
      path.push_back(unknown);
      at.cycle = known;
      continue;
    }
    std::size_t& index = last[at.unit];
    if (index > 0 && states[index].start >= at.cycle) --index;
    if (states[index].start >= at.cycle || states[index].start + states[index].length < at.cycle)
      index = graph.state_at(at.unit, at.cycle - 1);
    const sim::StateRecord& record = states[index];
    const bool ends_here = record.start + record.length == at.cycle;
    std::optional<Point> next;
    if (record.state.state != sim::State::busy && ends_here) next = graph.origin(record);
    const bool usable = next && next->cycle <= at.cycle && next->unit < graph.units().size() &&
                        !graph.info().units[next->unit].memory_clock &&
                        (next->cycle < at.cycle || ++steps_in_place <= graph.units().size());
    if (!usable) next = Point{at.unit, record.start};
    if (next->cycle < at.cycle) {
      path.push_back(piece_of(graph, record, next->cycle, at.cycle));
      steps_in_place = 0;
    }
    at = *next;
  }
  std::reverse(path.begin(), path.end());
  return path;
}

std::vector<ChainLink> chain(const TraceGraph& graph, std::uint16_t unit, std::size_t state,
                             std::size_t most) {
  std::vector<ChainLink> links;
  const sim::StateRecord* record = &graph.units()[unit].states[state];
  Cycle until = record->start + record->length;
  while (links.size() < most) {
    links.push_back({*record, until});
    const bool ends_here = record->start + record->length == until;
    if (record->state.state == sim::State::busy || !ends_here) break;
    const auto next = graph.origin(*record);
    if (!next || next->cycle == 0 || next->cycle > until || next->unit >= graph.units().size() ||
        graph.info().units[next->unit].memory_clock)
      break;
    const auto& states = graph.units()[next->unit].states;
    if (states.empty() || states.back().start + states.back().length < next->cycle) break;
    if (next->unit == record->unit && next->cycle == until) break;
    until = next->cycle;
    record = &states[graph.state_at(next->unit, until - 1)];
  }
  return links;
}

}  // namespace nnp::traces
