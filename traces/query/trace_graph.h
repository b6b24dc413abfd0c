// SPDX-License-Identifier: Apache-2.0
// A whole trace in memory, with its links resolved: from a wait to what ended it, and to where that came
// from.
#pragma once

#include <optional>
#include <vector>

#include "traces/format/trace_file.h"

namespace nnp::traces {

/// A point in time on a unit's track: what the unit was in just before `cycle` led to what is looked at.
struct Point {
  std::uint16_t unit = 0;
  Cycle cycle = 0;
};

class TraceGraph {
 public:
  /// Loads all records. Throws TraceFileError for a summary-only trace, and where the records contradict each
  /// other so that links cannot be followed.
  explicit TraceGraph(const TraceFile& file);

  struct Unit {
    std::vector<sim::StateRecord> states;
    std::vector<sim::InstructionSpan> instructions;  // in order of retirement
    std::vector<sim::TransferSpan> transfers;        // by number
    std::vector<sim::TileSpan> tiles;                // by number
    std::vector<sim::PassSpan> passes;               // by number
  };
  const TraceInfo& info() const { return info_; }
  const std::vector<Unit>& units() const { return units_; }
  /// End of the core's states: the run's cycles, or how far an incomplete trace goes.
  Cycle end() const { return end_; }
  std::string unit_name(std::uint16_t unit) const;

  /// Index of the state that covers `cycle`; cycle < end of the unit's states.
  std::size_t state_at(std::size_t unit, Cycle cycle) const;
  const sim::InstructionSpan* instruction(std::uint32_t index) const;

  /// When the other side did what ended this wait or idle time, as the waiting unit sees it; nothing for the
  /// unit's own timer, or when the trace lacks the span. Equal to the wait's end: a law.
  std::optional<Cycle> release_cycle(const sim::StateRecord&) const;
  /// Where to go on looking for the reason why this wait ended no earlier; nothing for the unit's own timer.
  std::optional<Point> origin(const sim::StateRecord&) const;
  /// The memory channel or link whose answer ended it, where one did.
  std::optional<std::uint16_t> server_of(const sim::StateRecord&) const;

 private:
  const sim::TransferSpan* last_transfer(const sim::StateRecord&) const;
  const sim::InstructionSpan* held_by(const sim::InstructionSpan*) const;
  template <typename Span>
  static const Span* by_number(const std::vector<Span>& spans, std::uint32_t number) {
    return number < spans.size() ? &spans[number] : nullptr;
  }

  TraceInfo info_;
  std::vector<Unit> units_;
  std::vector<std::pair<std::uint16_t, std::uint32_t>> instruction_places_;  // (unit, place), by index
  Cycle end_ = 0;
};

}  // namespace nnp::traces
