// SPDX-License-Identifier: Apache-2.0
// A generated program of a small network, held to what every program must be.
#pragma once

#include <gtest/gtest.h>

#include "host_runtime/compare/comparison.h"
#include "isa/program/happens_before.h"
#include "tests/support/random_run.h"

namespace nnp::test {

/// Runs it. Fails the test where accesses are not ordered, or a value or a sum is not the naive reference's.
inline RecordedRun expect_ordered_and_naive(const NetworkCase& made) {
  for (const isa::Launch& launch : made.program.launches) {
    const auto races = isa::check_happens_before(made.program, launch, made.chip.arch);
    EXPECT_TRUE(races.empty()) << races.front().message;
  }
  RecordedRun run = recorded_run(made, {});
  const auto verdict =
      compare::compare_naive(made.graph, made.inputs, {run.inference.outputs, run.inference.accumulators});
  EXPECT_NE(verdict.status, compare::Status::failed) << verdict.reason << "\n" << ir::print(made.graph);
  return run;
}

}  // namespace nnp::test
