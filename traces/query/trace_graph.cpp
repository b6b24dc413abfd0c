// SPDX-License-Identifier: Apache-2.0
#include "traces/query/trace_graph.h"

#include <fmt/format.h>

#include <algorithm>

namespace nnp::traces {
namespace {

using Kind = sim::Release::Kind;

template <typename Span>
void require_gapless(const std::vector<Span>& spans, const std::string& unit, const char* what) {
  for (std::size_t i = 0; i < spans.size(); ++i)
    if (spans[i].number != i)
      throw TraceFileError(fmt::format("the trace is damaged: {} of {} go from number {} to {}", what, unit,
                                       i, spans[i].number));
}

}  // namespace

TraceGraph::TraceGraph(const TraceFile& file) : info_(file.info()), units_(info_.units.size()) {
  if (!file.has_events())
    throw TraceFileError(
        "the trace holds figures only (level summary): this question needs level units or full");
  const std::uint32_t instructions = file.program_lines();
  for (std::uint16_t id = 0; id < units_.size(); ++id) {
    Unit& unit = units_[id];
    const std::string& name = info_.units[id].name;
    unit.states = file.states(id);
    unit.instructions = file.instructions(id);
    unit.transfers = file.transfers(id);
    unit.tiles = file.tiles(id);
    unit.passes = file.passes(id);
    require_gapless(unit.transfers, name, "transfers");
    require_gapless(unit.tiles, name, "tiles");
    require_gapless(unit.passes, name, "passes");
    if (!unit.states.empty() && unit.states.front().start != 0)
      throw TraceFileError(fmt::format("the trace is damaged: states of {} begin at cycle {}", name,
                                       unit.states.front().start));
    for (std::size_t i = 1; i < unit.states.size(); ++i)
      if (unit.states[i].start != unit.states[i - 1].start + unit.states[i - 1].length)
        throw TraceFileError(fmt::format("the trace is damaged: states of {} leave a gap before cycle {}",
                                         name, unit.states[i].start));
    for (std::uint32_t place = 0; place < unit.instructions.size(); ++place) {
      const std::uint32_t index = unit.instructions[place].instruction;
      if (index >= instructions)
        throw TraceFileError(fmt::format("the trace is damaged: instruction {} of {}", index, instructions));
      if (index >= instruction_places_.size()) instruction_places_.resize(index + 1u, {sim::kNoUnit, 0});
      instruction_places_[index] = {id, place};
    }
    if (!info_.units[id].memory_clock && !unit.states.empty())
      end_ = std::max(end_, unit.states.back().start + unit.states.back().length);
  }
}

std::string TraceGraph::unit_name(std::uint16_t unit) const {
  if (unit < info_.units.size()) return info_.units[unit].name;
  return unit == sim::kHostLink ? "pcie" : "";
}

std::size_t TraceGraph::state_at(std::size_t unit, Cycle cycle) const {
  const auto& states = units_[unit].states;
  const auto after = std::upper_bound(states.begin(), states.end(), cycle,
                                      [](Cycle at, const sim::StateRecord& r) { return at < r.start; });
  return static_cast<std::size_t>(after - states.begin()) - 1;
}

const sim::InstructionSpan* TraceGraph::instruction(std::uint32_t index) const {
  if (index >= instruction_places_.size() || instruction_places_[index].first == sim::kNoUnit) return nullptr;
  const auto [unit, place] = instruction_places_[index];
  return &units_[unit].instructions[place];
}

std::optional<Cycle> TraceGraph::release_cycle(const sim::StateRecord& record) const {
  const sim::Release& release = record.ended_by;
  const auto seen_after = [](const auto* span, auto member) -> std::optional<Cycle> {
    if (span == nullptr) return std::nullopt;
    return span->*member + 1;
  };
  switch (release.kind) {
    case Kind::retired:
      return seen_after(instruction(release.number), &sim::InstructionSpan::retired);
    case Kind::dispatched:
      return seen_after(instruction(release.number), &sim::InstructionSpan::dispatched);
    case Kind::decoded:
      return seen_after(instruction(release.number), &sim::InstructionSpan::decoded);
    case Kind::transfer:
      if (const auto* span = by_number(units_[record.unit].transfers, release.number)) return span->answered;
      return std::nullopt;
    case Kind::tile_arrived:
      if (release.unit >= units_.size()) return std::nullopt;
      return seen_after(by_number(units_[release.unit].tiles, release.number), &sim::TileSpan::pushed);
    case Kind::tile_taken:
      if (release.unit >= units_.size()) return std::nullopt;
      return seen_after(by_number(units_[release.unit].passes, release.number), &sim::PassSpan::shift_end);
    default:
      return std::nullopt;
  }
}

/// A SIGNAL retires behind what is in flight: then the instruction before it is what took the time.
const sim::InstructionSpan* TraceGraph::held_by(const sim::InstructionSpan* span) const {
  if (span == nullptr) return nullptr;
  const auto& list = units_[span->unit].instructions;
  auto place = static_cast<std::size_t>(span - list.data());
  while (place > 0 && list[place].started == list[place].ended && list[place].retired > list[place].ended &&
         list[place].completed_by == sim::kNoTransfer && list[place - 1].retired == list[place].retired)
    --place;
  return &list[place];
}

const sim::TransferSpan* TraceGraph::last_transfer(const sim::StateRecord& record) const {
  const sim::Release& release = record.ended_by;
  if (release.kind == Kind::transfer) return by_number(units_[record.unit].transfers, release.number);
  if (release.kind == Kind::tile_arrived && release.unit < units_.size()) {
    const auto* tile = by_number(units_[release.unit].tiles, release.number);
    return tile ? by_number(units_[release.unit].transfers, tile->completed_by) : nullptr;
  }
  if (release.kind == Kind::retired) {
    const auto* span = held_by(instruction(release.number));
    return span ? by_number(units_[span->unit].transfers, span->completed_by) : nullptr;
  }
  return nullptr;
}

std::optional<std::uint16_t> TraceGraph::server_of(const sim::StateRecord& record) const {
  const auto* transfer = last_transfer(record);
  return transfer ? std::optional(transfer->server) : std::nullopt;
}

std::optional<Point> TraceGraph::origin(const sim::StateRecord& record) const {
  // What was waited for came over memory or link: the requester was at work when it asked.
  if (const auto* transfer = last_transfer(record)) return Point{transfer->unit, transfer->sent + 1};
  const sim::Release& release = record.ended_by;
  switch (release.kind) {
    case Kind::retired:
      if (const auto* span = held_by(instruction(release.number))) return Point{span->unit, span->ended};
      return std::nullopt;
    case Kind::dispatched:
      if (const auto* span = instruction(release.number); span && release.unit < units_.size())
        return Point{release.unit, span->dispatched + 1};
      return std::nullopt;
    case Kind::decoded:
      if (const auto* span = instruction(release.number)) return Point{span->unit, span->decoded};
      return std::nullopt;
    case Kind::tile_arrived:
      if (release.unit < units_.size())
        if (const auto* tile = by_number(units_[release.unit].tiles, release.number))
          return Point{release.unit, tile->pushed};
      return std::nullopt;
    case Kind::tile_taken:
      if (release.unit < units_.size())
        if (const auto* pass = by_number(units_[release.unit].passes, release.number))
          return Point{release.unit, pass->shift_end};
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace nnp::traces
