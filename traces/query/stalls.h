// SPDX-License-Identifier: Apache-2.0
// Waits added up: which unit waited for what, how long, how often, and the longest of them.
#pragma once

#include <vector>

#include "traces/format/trace_file.h"
#include "traces/query/filter.h"

namespace nnp::traces {

struct Stall {
  std::uint16_t unit = 0;
  sim::Cause cause = sim::Cause::none;
  std::uint16_t resource = sim::kNoUnit;  // the unit, channel or link waited for
  Cycles cycles = 0;
  std::uint64_t count = 0;
  sim::StateRecord longest{};
};

/// Longest sum first.
std::vector<Stall> stalls(const TraceFile& file, const Filter& filter);

}  // namespace nnp::traces
