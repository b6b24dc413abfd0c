// SPDX-License-Identifier: Apache-2.0
// Which chain of work and waits made the run as long as it is: from the last cycle back to the first, at each
// wait over to the unit that ended it. The pieces cover every cycle once.
//
// A different question from "which unit waits most": waits beside the path cost nothing, and shortening the
// path helps until another one becomes the longest.
#pragma once

#include <vector>

#include "traces/query/trace_graph.h"

namespace nnp::traces {

struct PathPiece {
  std::uint16_t unit = 0;
  sim::State state = sim::State::busy;
  sim::Cause cause = sim::Cause::none;  // of a wait; pcie for doorbell and interrupt on their way
  std::uint16_t resource = sim::kNoUnit;
  std::uint16_t layer = sim::kNoLayer;
  std::uint32_t instruction = sim::kNoInstruction;
  Cycle start = 0;
  Cycles cycles = 0;
};

/// In the order of time; their cycles sum to graph.end().
std::vector<PathPiece> critical_path(const TraceGraph& graph);

/// One step of the chain behind a wait.
struct ChainLink {
  sim::StateRecord record;
  Cycle until = 0;  // looked at just before this cycle
};
/// From a state back to its root: the last link is busy, waits for its own unit's timer, or stands at a
/// transfer's request. Never longer than `most`.
std::vector<ChainLink> chain(const TraceGraph& graph, std::uint16_t unit, std::size_t state,
                             std::size_t most = 64);

}  // namespace nnp::traces
