// SPDX-License-Identifier: Apache-2.0
// Runs passes through a register-level array: puts each operand at its edge in its cycle, skewed, and notes
// when each output stood at the edge and what it was. It knows the order of outputs, not their times.
#pragma once

#include <functional>
#include <span>

#include "sim/units/matrix/registers/pass_feed.h"
#include "sim/units/matrix/timing/pass_schedule.h"

namespace nnp::sim {

struct PassResult {
  std::vector<Cycle> cycles;  // [m][n]: when the output stood at the edge, whole; kNever if it never did
  std::vector<std::int32_t> values;  // [m][n]
};

/// Called in each cycle before its clock edge, from cycle 0 on.
using CycleObserver = std::function<void(Cycle, const RegisterArray&)>;

/// Resets the array and runs it until all outputs have come, or for some time after they should have.
/// `schedules` need not be legal: a pass that comes too early spoils values, as in hardware.
std::vector<PassResult> run_passes(RegisterArray&, std::span<const PassValues>,
                                   std::span<const PassSchedule> schedules, const CycleObserver& = {});

}  // namespace nnp::sim
