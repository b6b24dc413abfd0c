// SPDX-License-Identifier: Apache-2.0
// Hand-made programs for timing tests: instructions in order, tokens inserted as the compiler does, run on a
// small chip with ideal memory, every state record kept.
#pragma once

#include <vector>

#include "compiler/codegen/stream_builder.h"
#include "compiler/codegen/token_inserter.h"
#include "sim/chip/systemc_host.h"

namespace nnp::test {

/// rows x cols array, one-cycle everything, memory without limits: what a test does not set does not show.
models::ChipSpec plain_chip(std::uint32_t rows, std::uint32_t cols);

struct SmallRun {
  device::RunStatistics statistics;
  std::vector<sim::StateRecord> records;

  /// Records of one unit (by name) in time order.
  std::vector<sim::StateRecord> of(const std::string& unit) const;
  Cycles sum(const std::string& unit, sim::State state, sim::Cause cause = sim::Cause::none) const;
};

/// Runs `builder`'s instructions followed by SYNC, IRQ, HALT. `tokens`: false runs them as they are.
SmallRun run_program(const models::ChipSpec&, compiler::StreamBuilder& builder,
                     sim::Engine engine = sim::Engine::leap, bool tokens = true, Cycle max_cycles = 0);
/// The same without values: addresses of host memory need not exist.
SmallRun run_timing(const models::ChipSpec&, compiler::StreamBuilder& builder,
                    sim::Engine engine = sim::Engine::leap);

}  // namespace nnp::test
