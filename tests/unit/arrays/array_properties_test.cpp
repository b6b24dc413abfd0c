// SPDX-License-Identifier: Apache-2.0
// Rung: register-level array. On random designs and passes, every output of the register-level array stands
// at the edge in the cycle that ArrayTiming says, with the value of a plain loop. A failure prints its seed;
// NNPSIM_SEED=n runs that seed alone.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "sim/units/matrix/registers/arrays.h"
#include "tests/unit/arrays/random_passes.h"

namespace nnp {
namespace {

using sim::Dataflow;

class RandomPasses : public testing::TestWithParam<Dataflow> {};

TEST_P(RandomPasses, LeaveInTheCycleOfTheClosedFormWithTheValuesOfAPlainLoop) {
  std::uint64_t first = 1, last = 400;
  if (const char* only = std::getenv("NNPSIM_SEED")) first = last = std::strtoull(only, nullptr, 10);
  std::size_t outputs = 0;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    std::mt19937_64 random(seed);
    const sim::ArrayDesign design = test::random_design(random, GetParam());
    const test::ArrayJob job = test::random_job(random, design);
    const auto array = make_register_array(design);
    ASSERT_EQ(first_difference(*array, job), "")
        << fmt::format("reproduce: NNPSIM_SEED={} test_arrays --gtest_filter='*RandomPasses*/{}'", seed,
                       static_cast<int>(GetParam()));
    for (const auto& pass : job.values) outputs += std::size_t{pass.shape.m} * pass.shape.n;
  }
  RecordProperty("outputs", static_cast<int>(outputs));
}

INSTANTIATE_TEST_SUITE_P(Dataflows, RandomPasses,
                         testing::Values(Dataflow::weight_stationary, Dataflow::output_stationary,
                                         Dataflow::input_stationary, Dataflow::adder_tree));

}  // namespace
}  // namespace nnp
