// SPDX-License-Identifier: Apache-2.0
// Rung: unit edges of the register-level arrays: what the closed form calls the earliest cycle is right, and
// one cycle earlier is wrong, because registers are not ready or still needed.
#include <gtest/gtest.h>

#include "sim/units/matrix/registers/arrays.h"
#include "tests/unit/arrays/random_passes.h"

namespace nnp {
namespace {

using sim::Dataflow;

struct TwoPasses {
  sim::ArrayDesign design;
  std::vector<sim::PassValues> passes;
  std::vector<sim::PassSchedule> schedules;

  TwoPasses(Dataflow dataflow, sim::PassShape first, sim::PassShape second, std::uint32_t lanes) {
    design.dataflow = dataflow;
    design.rows = 6, design.cols = 4;
    design.shift_rows_per_cycle = lanes;
    design.tree_registers = 3;
    std::mt19937_64 random(7);
    passes = {test::random_pass(random, first), test::random_pass(random, second)};
    const std::vector<sim::TimedPass> timed{{first, 0, 0, {}, {}}, {second, 0, 0, {}, {}}};
    schedules = schedule(*make_array_timing(design), timed);
  }
  std::vector<bool> right() const {
    const auto results = run_passes(*make_register_array(design), passes, schedules);
    std::vector<bool> result;
    for (std::size_t i = 0; i < 2; ++i) result.push_back(results[i].values == test::plain_product(passes[i]));
    return result;
  }
};

void move(std::vector<Cycle>& steps, int by) {
  for (Cycle& cycle : steps) cycle += static_cast<Cycle>(by);
}

struct Edge {
  Dataflow dataflow;
  std::uint32_t lanes;
};
class StationaryOperand : public testing::TestWithParam<Edge> {};

// Streams of 2 steps, shorter than a load of 2, 3 or 6 cycles or as long.
constexpr sim::PassShape kTwoSteps[] = {{2, 6, 4}, {2, 6, 4}};
constexpr sim::PassShape kTwoStepsOfWeights[] = {{4, 6, 2}, {4, 6, 2}};

TwoPasses two_short_passes(const Edge& edge) {
  const auto* shapes = edge.dataflow == Dataflow::input_stationary ? kTwoStepsOfWeights : kTwoSteps;
  return {edge.dataflow, shapes[0], shapes[1], edge.lanes};
}

TEST_P(StationaryOperand, IsCompleteWhenItsLoadEndsAndNotACycleBefore) {
  TwoPasses run = two_short_passes(GetParam());
  EXPECT_EQ(run.right(), (std::vector{true, true}));
  EXPECT_EQ(run.schedules[1].stream.front(), run.schedules[1].load.back() + 1);
  move(run.schedules[1].load, 1);  // leaves a cycle between the streams
  move(run.schedules[1].stream, 1);
  EXPECT_EQ(run.right(), (std::vector{true, true}));
  move(run.schedules[1].stream, -1);
  EXPECT_EQ(run.right(), (std::vector{true, false}));
}

TEST_P(StationaryOperand, MayLoadFromTheCycleInWhichThePassBeforeStartsAndNotACycleBefore) {
  TwoPasses run = two_short_passes(GetParam());
  EXPECT_EQ(run.schedules[1].load.front(), run.schedules[0].stream.front());
  // Wait a cycle between the first load and its stream, so that a second load can come early.
  for (auto* steps : {&run.schedules[0].stream, &run.schedules[1].load, &run.schedules[1].stream})
    move(*steps, 1);
  EXPECT_EQ(run.right(), (std::vector{true, true}));
  move(run.schedules[1].load, -1);
  EXPECT_EQ(run.right(), (std::vector{false, true}));
}

INSTANTIATE_TEST_SUITE_P(Dataflows, StationaryOperand,
                         testing::Values(Edge{Dataflow::weight_stationary, 1},
                                         Edge{Dataflow::weight_stationary, 2},
                                         Edge{Dataflow::weight_stationary, 3},
                                         Edge{Dataflow::input_stationary, 1},
                                         Edge{Dataflow::input_stationary, 3}, Edge{Dataflow::adder_tree, 1},
                                         Edge{Dataflow::adder_tree, 3}));

TEST(OutputStationary, PassEndsAtTheEarliestWhenTheSumsOfThePassBeforeHaveLeft) {
  for (const std::uint32_t lanes : {1u, 2u, 3u}) {
    TwoPasses run(Dataflow::output_stationary, {6, 9, 4}, {6, 1, 4}, lanes);
    const Cycle first_end = run.schedules[0].stream.back(), second_end = run.schedules[1].stream.back();
    EXPECT_EQ(second_end - first_end, 6 / lanes);
    EXPECT_EQ(run.right(), (std::vector{true, true})) << lanes;
    move(run.schedules[1].stream, -1);
    EXPECT_FALSE(run.right()[0]) << lanes;
  }
}

TEST(Wavefront, ReachesEachPeOneCycleLaterForEachRowAndColumn) {
  // One row of ones, weights of one: behind the wave each PE's sum register holds its row number, from 1.
  for (const Dataflow dataflow : {Dataflow::weight_stationary, Dataflow::input_stationary}) {
    sim::ArrayDesign design;
    design.dataflow = dataflow;
    design.rows = 5, design.cols = 4;
    const sim::PassShape shape =
        dataflow == Dataflow::weight_stationary ? sim::PassShape{1, 5, 4} : sim::PassShape{4, 5, 1};
    const sim::PassValues ones{shape, std::vector<std::int16_t>(std::size_t{shape.m} * 5, 1),
                               std::vector<std::int8_t>(std::size_t{shape.n} * 5, 1)};
    const std::vector<sim::TimedPass> timed{{shape, 0, 0, {}, {}}};
    const auto schedules = schedule(*make_array_timing(design), timed);
    const Cycle start = schedules[0].stream.front();
    const auto array = make_register_array(design);
    const auto value = [](const std::vector<sim::RegisterValue>& registers, const char* name) {
      return std::find_if(registers.begin(), registers.end(), [&](const auto& r) { return r.name == name; })
          ->value;
    };
    run_passes(*array, std::vector{ones}, schedules, [&](Cycle now, const sim::RegisterArray& seen) {
      for (std::uint32_t row = 0; row < 5; ++row)
        for (std::uint32_t col = 0; col < 4; ++col) {
          const auto registers = seen.registers(row, col);
          const bool wave = now == start + row + col + 1;
          EXPECT_EQ(value(registers, "moving_valid"), wave) << row << ',' << col << " in " << now;
          EXPECT_EQ(value(registers, "sum_valid"), wave) << row << ',' << col << " in " << now;
          if (wave) {
            EXPECT_EQ(value(registers, "sum"), row + 1) << row << ',' << col;
          }
        }
    });
  }
}

TEST(AdderTree, TakesItsRegistersWhateverItsHeight) {
  // NVDLA nv_full: 64 input channels x 32 kernels, 16 cycles to load the weights, 7 registers.
  sim::ArrayDesign design;
  design.dataflow = Dataflow::adder_tree;
  design.rows = 64, design.cols = 32;
  design.shift_rows_per_cycle = 4;
  design.tree_registers = 7;
  std::mt19937_64 random(3);
  const std::vector<sim::PassValues> passes{test::random_pass(random, {3, 64, 32})};
  const auto timing = make_array_timing(design);
  const auto schedules = schedule(*timing, std::vector<sim::TimedPass>{{passes[0].shape, 0, 0, {}, {}}});
  EXPECT_EQ(schedules[0].stream.front(), 16u);
  const auto results = run_passes(*make_register_array(design), passes, schedules);
  EXPECT_EQ(results[0].values, test::plain_product(passes[0]));
  for (std::uint32_t i = 0; i < 3; ++i)
    for (std::uint32_t j = 0; j < 32; ++j) EXPECT_EQ(results[0].cycles[i * 32 + j], 16 + i + 7) << i << j;
}

}  // namespace
}  // namespace nnp
