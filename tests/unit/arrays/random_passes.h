// SPDX-License-Identifier: Apache-2.0
// Matrix products cut into random passes for an array, and the judge of what the array made of them. The
// expected values come from a plain loop, the expected cycles from ArrayTiming.
#pragma once

#include <random>
#include <string>

#include "sim/units/matrix/registers/array_driver.h"

namespace nnp::test {

struct ArrayJob {
  sim::ArrayDesign design;
  std::vector<sim::PassValues> values;
  std::vector<sim::TimedPass> timed;  // the same passes
};

/// rows, cols 1..most; 1..4 rows a cycle; up to 4 tree registers more than one.
sim::ArrayDesign random_design(std::mt19937_64&, sim::Dataflow, std::uint32_t most = 8);

/// One product of 1 to 3 tiles in each dimension, the last ones partial, as passes in random
/// order; a third of the jobs back to back, the others with gaps and bubbles. 8-bit signed, 8-bit unsigned or
/// 16-bit activations.
ArrayJob random_job(std::mt19937_64&, const sim::ArrayDesign&);

/// A pass of random values.
sim::PassValues random_pass(std::mt19937_64&, const sim::PassShape&);

/// a w by a plain loop, wrapping at 32 bits: [m][n].
std::vector<std::int32_t> plain_product(const sim::PassValues&);

/// Runs the job; empty if every output of every pass stood at the edge in the cycle that ArrayTiming says and
/// has the plain loop's value, else the first difference in one line.
std::string first_difference(sim::RegisterArray&, const ArrayJob&);

/// "weight_stationary 3x5, 2 rows a cycle".
std::string describe(const sim::ArrayDesign&);

}  // namespace nnp::test
