// SPDX-License-Identifier: Apache-2.0
// When the weight tiles of a run came: for tests of laws about fetching weights.
#pragma once

#include "compiler/ir/graph.h"
#include "isa/program/program.h"
#include "models/chips/chip_spec.h"

namespace nnp::test {

struct TileTimes {
  std::size_t count = 0;
  Cycle first_requested = kNever, last_pushed = 0;  // core cycles
};

/// Runs the program, timing only.
TileTimes tile_times(const isa::Program& program, const ir::Graph& graph, const models::ChipSpec& chip);

}  // namespace nnp::test
