// SPDX-License-Identifier: Apache-2.0
// Rung: unit. The work of a layer, from formulas written out by hand.
#include <gtest/gtest.h>

#include "host_runtime/bounds/layer_bounds.h"
#include "tests/support/random_network.h"

namespace nnp::bounds {
namespace {

/// 16 x 24 PEs at 1 GHz, an ideal memory of 8 bytes a cycle, values in device memory between layers.
models::ChipSpec chip() {
  models::ChipSpec c = test::random_chip(1);
  c.arch.array_kind = isa::ArrayKind::weight_stationary;
  c.arch.array_rows = 16, c.arch.array_cols = 24;
  c.arch.weight_fetch = isa::WeightFetch::exact;
  c.arch.weight_align_bytes = 1;
  c.arch.accumulator_rows = 1024, c.arch.most_rows = 0;
  c.arch.residency = isa::Residency::layer;
  c.arch.unified_buffer_bytes = 1 << 20;
  c.arch.buffer_word_bytes = 32;
  c.core_frequency_khz = 1'000'000;
  c.memory.preset = "ideal", c.memory.channels = 1, c.memory.ideal_bandwidth_bytes_per_s = 8e9;
  c.drain.lanes = 0, c.vector.lanes = 2;
  return c;
}

/// 32 filters of 3 x 3 over [1, 16, 8, 8], which is an input of the network.
struct Convolution {
  explicit Convolution(std::int64_t kernel = 3, std::int64_t stride = 1) {
    test::NetworkBuilder builder(1);
    builder.output(builder.conv(builder.input({1, 16, 8, 8}), 32, kernel, stride, kernel / 2));
    graph = builder.take();
  }
  LayerBounds bounds(const models::ChipSpec& c) const {
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
      if (graph.nodes[i].op == ir::Op::conv) return bounds_of(graph, c)[i];
    throw std::logic_error("no convolution");
  }
  ir::Graph graph;
};

double of(const LayerBounds& bounds, Resource resource) {
  return bounds.cycles_of[static_cast<std::size_t>(resource)];
}

TEST(LayerWork, OfAConvolutionIsItsMacsOverTheCells) {
  EXPECT_DOUBLE_EQ(of(Convolution().bounds(chip()), Resource::compute), 64.0 * 16 * 9 * 32 / (16 * 24));
}

TEST(LayerWork, TakesTwiceTheCyclesWithSixteenBitActivations) {
  Convolution conv;
  const double once = of(conv.bounds(chip()), Resource::compute);
  for (const ir::Node& node : conv.graph.nodes)
    if (node.op == ir::Op::conv) conv.graph.values[node.inputs[0]].type = ir::DType::s16;
  EXPECT_DOUBLE_EQ(of(conv.bounds(chip()), Resource::compute), 2 * once);
}

TEST(LayerWork, MovesEachByteOnceWhereNothingStaysInTheBuffer) {
  const LayerBounds bounds = Convolution().bounds(chip());
  EXPECT_EQ(bounds.work.weight_bytes, 16u * 9 * 32);
  EXPECT_EQ(bounds.work.parameter_bytes, 32u * 8);
  EXPECT_EQ(bounds.work.input_bytes, 16u * 64);
  EXPECT_EQ(bounds.work.output_bytes, 32u * 64);
  EXPECT_DOUBLE_EQ(of(bounds, Resource::memory), (4608 + 256 + 1024 + 2048) / 8.0);
  EXPECT_EQ(bounds.bound_by, Resource::memory);
}

TEST(LayerWork, LeavesOutWhatStaysInTheBuffer) {
  models::ChipSpec c = chip();
  c.arch.residency = isa::Residency::network;
  const LayerWork work = Convolution().bounds(c).work;
  EXPECT_EQ(work.input_bytes + work.output_bytes, 0u);
  EXPECT_GT(work.weight_bytes, 0u);
}

TEST(LayerWork, FetchesPaddedTilesWhole) {
  models::ChipSpec c = chip();
  c.arch.weight_fetch = isa::WeightFetch::padded;
  EXPECT_EQ(Convolution().bounds(c).work.weight_bytes, 9u * 2 * 16 * 24);  // 144 x 32 in tiles of 16 x 24
}

TEST(LayerWork, FetchesToTheAlignmentOfWeights) {
  models::ChipSpec c = chip();
  c.arch.weight_align_bytes = 4096;
  EXPECT_EQ(Convolution().bounds(c).work.weight_bytes, 8192u);
}

// 64 rows of sums; nothing but the FIFO keeps weights between two instructions.
TEST(LayerWork, FetchesWeightsAgainForRowsThatNoInstructionHolds) {
  models::ChipSpec c = chip();
  c.arch.most_rows = 30;
  const LayerWork work = Convolution().bounds(c).work;
  EXPECT_EQ(work.weight_fetches, 3u);
  EXPECT_EQ(work.weight_bytes, 3u * 4608);
}

TEST(LayerWork, ReadsOnlyTheInputThatWindowsTouch) {
  EXPECT_EQ(Convolution(1, 2).bounds(chip()).work.input_bytes, 16u * 4 * 4);
}

TEST(LayerWork, OfPortsIsTheLongestOfThem) {
  models::ChipSpec c = chip();
  c.drain.lanes = 1;  // 64 x 32 sums, one a cycle
  const LayerBounds bounds = Convolution().bounds(c);
  EXPECT_EQ(bounds.bound_by, Resource::ports);
  EXPECT_EQ(bounds.port, device::Worker::drain);
  EXPECT_EQ(bounds.cycles, 64u * 32);
}

/// Element operations of a pool over [1, 4, 8, 8] on two lanes.
double pool_cycles(ir::Op op, std::int64_t kernel, std::int64_t stride) {
  test::NetworkBuilder builder(1);
  builder.output(builder.pool(builder.input({1, 4, 8, 8}), op, kernel, stride, 0));
  const ir::Graph graph = builder.take();
  double vector = 0;
  for (const LayerBounds& bounds : bounds_of(graph, chip())) vector += of(bounds, Resource::vector);
  return vector;
}

TEST(LayerWork, OfAPoolIsATapAResultALane) {
  EXPECT_DOUBLE_EQ(pool_cycles(ir::Op::average_pool, 3, 1), 4.0 * 36 * 9 / 2);
  EXPECT_DOUBLE_EQ(pool_cycles(ir::Op::max_pool, 2, 2), 4.0 * 16 * 4 / 2);
}

TEST(LayerWork, OfAMaxPoolIsThatOfColumnsAndRowsWhereThatIsLess) {
  // 6 lines of 8 columns of 3, then 36 rows of 3.
  EXPECT_DOUBLE_EQ(pool_cycles(ir::Op::max_pool, 3, 1), 4.0 * (6 * 8 * 3 + 36 * 3) / 2);
}

TEST(LayerWork, OfLayersTogetherIsTheSumOfEachResource) {
  const LayerBounds one = Convolution().bounds(chip());
  const LayerBounds two = sum_of({one, one}, chip());
  EXPECT_EQ(two.work.bytes(), 2 * one.work.bytes());
  EXPECT_DOUBLE_EQ(of(two, Resource::memory), 2 * of(one, Resource::memory));
}

}  // namespace
}  // namespace nnp::bounds
