// SPDX-License-Identifier: Apache-2.0
// What a layer costs on small chips that one unit holds up: the closed form of that unit, worked out here by
// hand.
#include "compiler/cost/layer_cost.h"

#include <gtest/gtest.h>

#include <random>

namespace nnp::test {
namespace {

using compiler::LayerCost;
using compiler::MacProblem;
using compiler::MacTiling;

/// 16 x 16 weight stationary, 16-byte words, an ideal memory and link, everything wide; what a test is about
/// it makes narrow.
models::ChipSpec wide_chip() {
  models::ChipSpec chip;
  chip.arch.array_rows = chip.arch.array_cols = 16;
  chip.arch.weight_fifo_tiles = 16;
  chip.arch.accumulator_rows = 1024;
  chip.arch.unified_buffer_bytes = 1 << 20;
  chip.arch.buffer_word_bytes = 16;
  chip.arch.channel_align_bytes = 16;
  chip.dma = {256, 1 << 16};
  chip.front_end.fetch_bytes = 1024, chip.front_end.fetch_buffer_bytes = 16384,
  chip.front_end.queue_depth = 32;
  chip.memory.ideal_bandwidth_bytes_per_s = 4096e9, chip.memory.ideal_latency_s = 20e-9;
  chip.memory.interleave_bytes = 1024;
  chip.pcie.latency_s = 1e-9;
  return chip;
}

/// M x K times K x N of codes; activations in memory, or in the buffer.
MacProblem product(std::int64_t m, std::int64_t k, std::int64_t n, bool resident) {
  MacProblem problem;
  problem.shape.lines = problem.shape.in_lines = m;
  problem.shape.k = k, problem.shape.n = n;
  problem.shape.in = {m, k, 1, static_cast<std::uint32_t>(round_up<std::int64_t>(k, 16))};
  problem.shape.out = {m, n, 1, static_cast<std::uint32_t>(round_up<std::int64_t>(n, 16))};
  problem.shape.in_line_bytes = problem.shape.in.pixel_bytes;
  problem.in_resident = problem.out_resident = resident;
  problem.staging = 1 << 20;
  return problem;
}

LayerCost cost_of(const MacProblem& problem, const MacTiling& tiling, const models::ChipSpec& chip) {
  EXPECT_EQ(fault_of(problem, tiling, chip.arch), "");
  return compiler::layer_cost(problem, tiling, ir::DType::u8, chip);
}

TEST(LayerCost, APassStreamsItsRowsWithoutAGapWhenNothingElseIsSlow) {
  // 320 rows in 4 instructions of 80, for each 4 x 3 tiles of weights.
  const LayerCost cost = cost_of(product(320, 64, 48, true), {320, 48, 80, 1}, wide_chip());
  EXPECT_STREQ(cost.bound, "matrix");
  EXPECT_DOUBLE_EQ(cost.matrix, 4 * 4 * 3 * 80);
  EXPECT_DOUBLE_EQ(cost.cycles - cost.fill, cost.matrix);
}

TEST(LayerCost, APassOfFewRowsTakesAsLongAsTheNextTilesLoad) {
  // 5 rows: the array waits for 16 cycles of load a pass, but for the last pass, which only streams.
  const LayerCost cost = cost_of(product(5, 640, 48, true), {5, 48, 80, 1}, wide_chip());
  EXPECT_DOUBLE_EQ(cost.matrix, 40 * 3 * 16);
  EXPECT_NEAR(cost.cycles - cost.fill, cost.matrix - 16 + 5, 1);
}

TEST(LayerCost, WithoutOverlapAPassIsItsLoadItsStreamAndTheWayThroughTheArray) {
  models::ChipSpec chip = wide_chip();
  chip.array.overlap = false;
  const LayerCost cost = cost_of(product(80, 64, 48, true), {80, 48, 80, 1}, chip);
  // docs/validation/arrays.md: R + M - 1 + R + C - 1.
  EXPECT_DOUBLE_EQ(cost.matrix, 4 * 3 * (16 + 80 - 1 + 16 + 16 - 1));
}

TEST(LayerCost, WeightsOfASlowMemoryComeAtItsBandwidth) {
  models::ChipSpec chip = wide_chip();
  chip.memory.ideal_bandwidth_bytes_per_s = 2e9;  // 2 bytes a cycle: 128 cycles a tile
  const LayerCost cost = cost_of(product(20, 640, 160, true), {20, 160, 80, 1}, chip);
  EXPECT_STREQ(cost.bound, "memory");
  EXPECT_DOUBLE_EQ(cost.weights, 640 * 160 / 2.0);
  EXPECT_EQ(cost.read_bytes, 640 * 160 + 160 * sizeof(numerics::ChannelParam));
  // 10 strips of 40 tiles; instructions come from the same memory, 32 bytes each.
  EXPECT_NEAR(cost.cycles, (640 * 160 + 160 * 8 + 30 * 32) / 2.0 + cost.fill, 400);
}

TEST(LayerCost, AnInputOfOneBufferIsLoadedAndUsedInTurns) {
  models::ChipSpec chip = wide_chip();
  const MacProblem problem = product(1024, 256, 16, false);
  // A band of 64 rows is one instruction of 16 passes; its load: 64 x 256 bytes, 256 in 16 words and a cycle
  // between.
  const double load = 64 * 256 / 256.0 * 17, compute = 16 * 64;
  const LayerCost twice = cost_of(problem, {64, 16, 64, 2}, chip),
                  once = cost_of(problem, {64, 16, 64, 1}, chip);
  EXPECT_DOUBLE_EQ(twice.loads, 16 * load + 128 / (256 / 17.0));
  EXPECT_STREQ(twice.bound, "loads");
  EXPECT_NEAR(twice.cycles, 16 * load, 0.1 * 16 * load);
  EXPECT_GT(once.cycles, 16 * (load + compute));
  EXPECT_LT(once.cycles, 1.1 * 16 * (load + compute));
}

TEST(LayerCost, ADrainOfOneLaneTakesACycleASum) {
  models::ChipSpec chip = wide_chip();
  chip.drain.lanes = 1;
  const LayerCost cost = cost_of(product(320, 16, 64, true), {320, 64, 80, 1}, chip);
  EXPECT_STREQ(cost.bound, "drain");
  // 16 drains: 16 parameters of 8 bytes in 8 words, then 80 rows of 16 sums.
  EXPECT_DOUBLE_EQ(cost.drain, 16 * (8 + 80 * 16));
  EXPECT_NEAR(cost.cycles, cost.drain, 0.02 * cost.drain);
}

TEST(LayerCost, AStoreOfASlicesChannelsTakesARequestAPosition) {
  models::ChipSpec chip = wide_chip();
  chip.buffer.read_latency_cycles = 4;
  const LayerCost cost = cost_of(product(320, 16, 64, false), {320, 16, 320, 2}, chip);
  // 16 bytes: a cycle to ask, one word, three cycles more of read latency.
  EXPECT_DOUBLE_EQ(cost.stores, 320 * 4 * 5);
  EXPECT_EQ(cost.write_bytes, 320u * 64);
  const LayerCost whole = cost_of(product(320, 16, 64, false), {320, 64, 320, 2}, chip);
  EXPECT_DOUBLE_EQ(whole.stores, 320 * 64 / 256 * (1 + 16 + 3));
}

TEST(LayerCost, MoreBandwidthIsNeverSlower) {
  std::mt19937_64 random(7);
  const auto up_to = [&](std::int64_t most) {
    return 1 + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most));
  };
  for (int i = 0; i < 300; ++i) {
    models::ChipSpec chip = wide_chip();
    const MacProblem problem = product(up_to(400), up_to(300), up_to(300), i % 2 == 0);
    const std::int64_t slice =
        std::min(problem.shape.n, 16 * up_to(ceil_div<std::int64_t>(problem.shape.n, 16)));
    const MacTiling tiling{up_to(problem.shape.lines), slice, up_to(512), static_cast<unsigned>(up_to(2))};
    if (!fault_of(problem, tiling, chip.arch).empty()) continue;
    double before = 0;
    for (const double bytes_per_cycle : {1.0, 2.0, 4.0, 8.0, 16.0, 64.0}) {
      chip.memory.ideal_bandwidth_bytes_per_s = bytes_per_cycle * 1e9;
      const double cycles = compiler::layer_cost(problem, tiling, ir::DType::u8, chip).cycles;
      EXPECT_TRUE(before == 0 || cycles <= before * 1.001)
          << "case " << i << ": " << problem.shape.lines << " x " << problem.shape.k << " x "
          << problem.shape.n << ", lines " << tiling.band_lines << ", slice " << tiling.slice_n << ", tile "
          << tiling.tile_m << ", buffers " << tiling.input_buffers << ": " << cycles << " cycles at "
          << bytes_per_cycle << " bytes a cycle, " << before << " at less";
      before = cycles;
    }
  }
}

}  // namespace
}  // namespace nnp::test
