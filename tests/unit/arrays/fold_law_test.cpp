// SPDX-License-Identifier: Apache-2.0
// Rung: timing formula, shown by the register-level array. Without overlap a fold that uses the whole R x C
// array takes SCALE-Sim's cycles (Samajdar et al., ISPASS 2020): weight stationary 2R + C + M - 2, input
// stationary 2R + C + N - 2, output stationary R + C + K - 2. The last cycle of a fold is the one in which a
// PE computes for the last time: its sum stands at the edge when the next fold begins.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/units/matrix/registers/arrays.h"
#include "tests/support/validation/arrays.h"
#include "tests/unit/arrays/random_passes.h"

namespace nnp {
namespace {

using sim::Dataflow;

class Folds : public testing::TestWithParam<test::Fold> {};

TEST_P(Folds, WithoutOverlapTakeScaleSimsCyclesFromTheirFirstInputToTheirLastComputation) {
  const test::Fold& fold = GetParam();
  const test::MeasuredFold measured = test::measure_fold(fold);
  ASSERT_EQ(measured.begins.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(measured.begins[i], i * test::scale_sim_cycles(fold)) << "fold " << i;
    EXPECT_EQ(measured.computed[i], measured.begins[i] + test::scale_sim_cycles(fold)) << "fold " << i;
  }
  EXPECT_TRUE(measured.values_equal);
}

INSTANTIATE_TEST_SUITE_P(Shapes, Folds, testing::ValuesIn(test::full_folds()));

TEST(OverlappedFolds, TakeTheLongerOfLoadAndStream) {
  // Double-buffered weights: the load of a fold hides behind the stream of the one before.
  for (const std::uint32_t m : {2u, 8u, 20u}) {
    sim::ArrayDesign design;
    design.rows = 8, design.cols = 4;
    const std::vector<sim::TimedPass> timed(5, {{m, 8, 4}, 0, 0, {}, {}});
    const auto schedules = schedule(*make_array_timing(design), timed);
    for (std::size_t i = 1; i < 5; ++i)
      EXPECT_EQ(schedules[i].stream.front() - schedules[i - 1].stream.front(), std::max(m, 8u)) << m;
  }
}

TEST(OverlappedFolds, OfAnOutputStationaryArrayTakeTheLongerOfStreamAndDrain) {
  for (const std::uint32_t k : {2u, 8u, 20u}) {
    sim::ArrayDesign design;
    design.dataflow = Dataflow::output_stationary;
    design.rows = 8, design.cols = 4;
    const std::vector<sim::TimedPass> timed(5, {{8, k, 4}, 0, 0, {}, {}});
    const auto schedules = schedule(*make_array_timing(design), timed);
    for (std::size_t i = 1; i < 5; ++i)
      EXPECT_EQ(schedules[i].stream.front() - schedules[i - 1].stream.front(), std::max(k, 8u)) << k;
  }
}

TEST(OverlappedFolds, OfAnOutputStationaryArrayWithoutADrainPhaseTakeMNpuSimsCycles) {
  // mNPUsim's law: F folds of K steps take F K + m + n - 2 cycles.
  for (const std::uint32_t k : {1u, 5u, 20u}) {
    sim::ArrayDesign design;
    design.dataflow = Dataflow::output_stationary;
    design.rows = 6, design.cols = 4;
    design.drain_phase = false;
    std::mt19937_64 random(k);
    const std::vector<sim::PassValues> passes(5, test::random_pass(random, {6, k, 4}));
    const std::vector<sim::TimedPass> timed(5, {passes[0].shape, 0, 0, {}, {}});
    const auto results =
        run_passes(*make_register_array(design), passes, schedule(*make_array_timing(design), timed));
    EXPECT_EQ(results.back().cycles.back(), 5 * k + 6 + 4 - 2) << k;
    EXPECT_EQ(results.back().values, test::plain_product(passes[0])) << k;
  }
}

}  // namespace
}  // namespace nnp
