// SPDX-License-Identifier: Apache-2.0
// Rung: register-level array. On random designs and passes, every output of the register-level array stands
// at the edge in the cycle that ArrayTiming says, with the value of a plain loop. A failure prints its seed;
// NNPSIM_SEED=n runs that seed alone.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/support/validation/arrays.h"

namespace nnp {
namespace {

using sim::Dataflow;

class RandomPasses : public testing::TestWithParam<Dataflow> {};

TEST_P(RandomPasses, LeaveInTheCycleOfTheClosedFormWithTheValuesOfAPlainLoop) {
  std::uint64_t first = 1, last = test::kRandomProducts;
  if (const char* only = std::getenv("NNPSIM_SEED")) first = last = std::strtoull(only, nullptr, 10);
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    ASSERT_EQ(test::compare_product(GetParam(), seed).difference, "")
        << fmt::format("reproduce: NNPSIM_SEED={} test_arrays --gtest_filter='*RandomPasses*/{}'", seed,
                       static_cast<int>(GetParam()));
  }
}

INSTANTIATE_TEST_SUITE_P(Dataflows, RandomPasses,
                         testing::Values(Dataflow::weight_stationary, Dataflow::output_stationary,
                                         Dataflow::input_stationary, Dataflow::adder_tree));

}  // namespace
}  // namespace nnp
