// SPDX-License-Identifier: Apache-2.0
// When each load step and each stream step of a row of passes happens: as early as ArrayTiming's rules of
// succession allow, later where the passes say so (operands that come late).
#pragma once

#include <span>
#include <vector>

#include "sim/units/matrix/timing/array_timing.h"

namespace nnp::sim {

/// A pass and what holds it up. Gaps and bubbles are cycles; an empty vector means none.
struct TimedPass {
  PassShape shape;
  Cycles load_gap = 0, stream_gap = 0;  // waits longer than it must before load, before stream
  std::vector<Cycles> load_bubbles;     // before each load step but the first
  std::vector<Cycles> stream_bubbles;   // before each stream step but the first

  Cycles load_bubble(std::size_t step) const {
    return step < load_bubbles.size() && step > 0 ? load_bubbles[step] : 0;
  }
  Cycles stream_bubble(std::size_t step) const {
    return step < stream_bubbles.size() && step > 0 ? stream_bubbles[step] : 0;
  }
};

struct PassSchedule {
  std::vector<Cycle> load, stream;  // cycle of each step, at the array's corner

  /// Asserts that the pass has a stream.
  PassCycles cycles() const;
};

/// One schedule a pass, in order; the first load (or stream, where nothing is loaded) is in cycle 0 plus its
/// gap. Asserts that every pass fits the array.
std::vector<PassSchedule> schedule(const ArrayTiming&, std::span<const TimedPass>);

}  // namespace nnp::sim
