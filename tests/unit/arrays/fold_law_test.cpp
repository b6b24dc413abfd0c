// SPDX-License-Identifier: Apache-2.0
// Rung: timing formula, shown by the register-level array. Without overlap a fold that uses the whole R x C
// array takes SCALE-Sim's cycles (Samajdar et al., ISPASS 2020): weight stationary 2R + C + M - 2, input
// stationary 2R + C + N - 2, output stationary R + C + K - 2. The last cycle of a fold is the one in which a
// PE computes for the last time: its sum stands at the edge when the next fold begins.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/units/matrix/registers/arrays.h"
#include "tests/unit/arrays/random_passes.h"

namespace nnp {
namespace {

using sim::Dataflow;

struct Fold {
  Dataflow dataflow;
  std::uint32_t rows, cols, streamed;
};

/// SCALE-Sim's law; `streamed` is M, N or K.
Cycles scale_sim_cycles(const Fold& fold) {
  const Cycles R = fold.rows, C = fold.cols;
  return fold.dataflow == Dataflow::output_stationary ? R + C + fold.streamed - 2
                                                      : 2 * R + C + fold.streamed - 2;
}

sim::PassShape full_array(const Fold& fold) {
  switch (fold.dataflow) {
    case Dataflow::output_stationary:
      return {fold.rows, fold.streamed, fold.cols};
    case Dataflow::input_stationary:
      return {fold.cols, fold.rows, fold.streamed};
    default:
      return {fold.streamed, fold.rows, fold.cols};
  }
}

class Folds : public testing::TestWithParam<Fold> {};

TEST_P(Folds, WithoutOverlapTakeScaleSimsCyclesFromTheirFirstInputToTheirLastComputation) {
  const Fold& fold = GetParam();
  sim::ArrayDesign design;
  design.dataflow = fold.dataflow;
  design.rows = fold.rows, design.cols = fold.cols;
  design.overlap = false, design.drain_phase = false;
  std::mt19937_64 random(1);
  const std::vector<sim::PassValues> passes(4, test::random_pass(random, full_array(fold)));
  const std::vector<sim::TimedPass> timed(4, {passes[0].shape, 0, 0, {}, {}});
  const auto schedules = schedule(*make_array_timing(design), timed);
  const auto results = run_passes(*make_register_array(design), passes, schedules);
  for (std::size_t i = 0; i < 4; ++i) {
    const Cycle begin = schedules[i].cycles().load;
    EXPECT_EQ(begin, i * scale_sim_cycles(fold)) << "fold " << i;
    EXPECT_EQ(*std::max_element(results[i].cycles.begin(), results[i].cycles.end()),
              begin + scale_sim_cycles(fold))
        << "fold " << i;
    EXPECT_EQ(results[i].values, test::plain_product(passes[i])) << "fold " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, Folds,
    testing::Values(Fold{Dataflow::weight_stationary, 8, 8, 20}, Fold{Dataflow::weight_stationary, 12, 14, 5},
                    Fold{Dataflow::weight_stationary, 3, 7, 1}, Fold{Dataflow::input_stationary, 8, 8, 20},
                    Fold{Dataflow::input_stationary, 14, 12, 9}, Fold{Dataflow::input_stationary, 7, 2, 1},
                    Fold{Dataflow::output_stationary, 8, 8, 20}, Fold{Dataflow::output_stationary, 12, 14, 5},
                    Fold{Dataflow::output_stationary, 5, 3, 1}));

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
