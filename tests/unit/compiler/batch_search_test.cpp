// SPDX-License-Identifier: Apache-2.0
// How many inferences of a batch go together: what room and the price of weights say.
#include "compiler/mapping/batch_search.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/random_network.h"

namespace nnp::compiler {
namespace {

/// Two convolutions of a batch of 8: 16 channels of 8 x 8 pixels, 1 KiB of codes an inference and value.
struct Batch {
  ir::Graph graph;
  isa::ArchSpec arch = test::random_chip(1).arch;
  CodegenOptions options{"chip", isa::Precision::int8, 8, {}};

  explicit Batch(Bytes buffer) {
    test::NetworkBuilder builder(1);
    builder.output(builder.conv(builder.conv(builder.input({8, 16, 8, 8}), 16, 3, 1, 1), 16, 3, 1, 1));
    graph = builder.take();
    schedule(graph);
    arch.residency = isa::Residency::network;
    arch.channel_align_bytes = arch.buffer_word_bytes = 16;
    arch.accumulator_rows = std::max(arch.accumulator_rows, 64u);
    arch.unified_buffer_bytes = buffer;
  }
  std::int64_t chosen(const Predictor& predict) const {
    return map_network(graph, arch, options, {Effort::model, predict, nullptr, 1, 1.0}).sub_batch;
  }
  bool all_in_buffer(std::int64_t part) const {
    const PlacedPart placed(graph, arch, options.batch, part);
    return std::ranges::all_of(placed.plan().values,
                               [](const Placement& place) { return !place.on_chip || place.in_buffer; });
  }
};

/// Ten times as long where operands go through device memory.
Prediction by_traffic(const MacProblem& problem, const MacTiling&, ir::DType) {
  const bool stays = problem.in_resident && problem.out_resident;
  return {static_cast<double>(problem.shape.positions()) * (stays ? 1 : 10), 0};
}
/// As long for few positions as for many: weights decide.
Prediction by_weights(const MacProblem&, const MacTiling&, ir::DType) { return {1000, 0}; }

TEST(BatchSearch, ABatchThatFitsGoesTogether) {
  const Batch batch(Bytes{1} << 20);
  ASSERT_TRUE(batch.all_in_buffer(8));
  EXPECT_EQ(batch.chosen(by_traffic), 0);
}

TEST(BatchSearch, TheLargestPartThatFitsIsTakenWhereTrafficDecides) {
  const Batch batch(Bytes{12} << 10);  // 16 KiB are alive at once of the whole batch
  ASSERT_FALSE(batch.all_in_buffer(8));
  ASSERT_TRUE(batch.all_in_buffer(4));
  EXPECT_EQ(batch.chosen(by_traffic), 4);
}

TEST(BatchSearch, TheBatchSpillsWhereFetchingWeightsTwiceWouldCostMore) {
  EXPECT_EQ(Batch(Bytes{12} << 10).chosen(by_weights), 0);
}

TEST(BatchSearch, WhatAMappingFileSaysStays) {
  Batch batch(Bytes{12} << 10);
  batch.options.mapping.sub_batch = 2;
  EXPECT_EQ(batch.chosen(by_traffic), 2);
  const Mapping whole = map_network(batch.graph, batch.arch, {"chip", isa::Precision::int8, 8, {}},
                                    {Effort::model, by_weights, nullptr, 1, 1.0});
  batch.options.mapping = {0, {*whole.mac.begin()}};
  EXPECT_EQ(batch.chosen(by_traffic), 0) << "sizes of a layer are those of the whole batch";
}

TEST(BatchSearch, AChipThatKeepsNoValueTakesTheWholeBatch) {
  Batch batch(Bytes{12} << 10);
  batch.arch.residency = isa::Residency::layer;
  EXPECT_EQ(batch.chosen(by_traffic), 0);
}

}  // namespace
}  // namespace nnp::compiler
