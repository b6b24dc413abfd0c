// SPDX-License-Identifier: Apache-2.0
#include "sim/units/matrix/timing/pass_schedule.h"

#include "sim/kernel/assert.h"

namespace nnp::sim {

PassCycles PassSchedule::cycles() const {
  NNP_ASSERT(!stream.empty(), "a pass without steps");
  return {load.empty() ? stream.front() : load.front(), stream.front(), stream.back() + 1};
}

std::vector<PassSchedule> schedule(const ArrayTiming& timing, std::span<const TimedPass> passes) {
  std::vector<PassSchedule> schedules;
  for (const TimedPass& pass : passes) {
    NNP_ASSERT(timing.fits(pass.shape) && timing.stream(pass.shape) > 0,
               "a pass of m {} k {} n {} on {} x {} PEs", pass.shape.m, pass.shape.k, pass.shape.n,
               timing.design().rows, timing.design().cols);
    Cycle load_at = pass.load_gap, start = 0;
    if (!schedules.empty()) {
      const PassCycles before = schedules.back().cycles();
      load_at += timing.next_load(before);
      start = timing.next_start(before, (&pass - 1)->shape, pass.shape);
    }
    PassSchedule& own = schedules.emplace_back();
    for (std::size_t step = 0; step < timing.load(pass.shape); ++step)
      own.load.push_back(load_at += pass.load_bubble(step)), ++load_at;
    if (!own.load.empty()) start = std::max(start, load_at);
    start += pass.stream_gap;
    for (std::size_t step = 0; step < timing.stream(pass.shape); ++step)
      own.stream.push_back(start += pass.stream_bubble(step)), ++start;
  }
  return schedules;
}

}  // namespace nnp::sim
