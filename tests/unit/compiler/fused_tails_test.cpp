// SPDX-License-Identifier: Apache-2.0
// Rung: unit. Which residual sums are made behind a convolution, and what that means for memory.
#include "compiler/tiling/fused_tails.h"

#include <gtest/gtest.h>

#include "compiler/tiling/memory_plan.h"
#include "tests/unit/compiler/graph_maker.h"

namespace nnp::compiler {
namespace {

using ir::Op;
using ir::ValueId;

/// x -> first -> second -> sum <- shortcut <- x, of codes.
struct Block {
  test::GraphMaker m;
  ValueId x, first, shortcut, second, sum;

  Block() {
    x = m.input("x", {1, 16, 8, 8});
    first = m.conv("first", x, 16, 3, 1);
    second = m.conv("second", first, 16, 3, 1);
    shortcut = m.conv("shortcut", x, 16, 1);
    sum = m.same_shape(Op::add, "sum", {second, shortcut});
    m.output(sum);
    quantise();
  }
  void quantise() {
    for (ir::Value& value : m.graph.values)
      if (!value.constant) value.type = ir::DType::u8, value.quant = ir::QuantParams{{0.5f}, 0, -1};
  }
  std::size_t node(const std::string& name) const {
    for (std::size_t i = 0; i < m.graph.nodes.size(); ++i)
      if (m.graph.nodes[i].name == name) return i;
    return m.graph.nodes.size();
  }
};

isa::ArchSpec chip(isa::Residency residency) {
  isa::ArchSpec arch;
  arch.residency = residency;
  arch.unified_buffer_bytes = 1 << 16, arch.buffer_word_bytes = 16, arch.channel_align_bytes = 16;
  return arch;
}

std::vector<FusedTail> sums_of(const Block& block) {
  return fusable_tails(block.m.graph, chip(isa::Residency::layer));
}

TEST(FusedTails, TheLayerThatComesLaterMakesTheSum) {
  const Block block;
  const auto sums = sums_of(block);
  ASSERT_EQ(sums.size(), 1u);
  EXPECT_EQ(sums[0].maker, block.node("shortcut"));
  EXPECT_EQ(sums[0].node, block.node("sum"));
  EXPECT_EQ(sums[0].passing, block.shortcut);
  EXPECT_EQ(sums[0].other, block.second);
  EXPECT_EQ(sums[0].result, block.sum);
}

TEST(FusedTails, AValueThatSomebodyElseReadsDoesNotPass) {
  Block block;
  block.m.output(block.shortcut);
  EXPECT_TRUE(sums_of(block).empty());
}

TEST(FusedTails, TheHostInBetweenKeepsThemApart) {
  Block block;
  block.m.graph.nodes[block.node("sum")].on_host = true;
  EXPECT_TRUE(sums_of(block).empty());
}

TEST(FusedTails, ASumOfOneValueWithItselfStaysAsItIs) {
  Block block;
  block.m.graph.nodes[block.node("sum")].inputs[1] = block.second;
  EXPECT_TRUE(sums_of(block).empty());
}

TEST(FusedTails, OperandsOfOtherTypesAreNotAddedInPlace) {
  Block block;
  block.m.graph.values[block.shortcut].type = ir::DType::s16;
  EXPECT_TRUE(sums_of(block).empty());
}

/// x -> conv -> pool, of codes: kernel, stride and padding of the pool.
test::GraphMaker pooled(std::int64_t kernel, std::int64_t stride, std::int64_t pad, std::int64_t size = 8) {
  test::GraphMaker m;
  const ValueId y = m.conv("conv", m.input("x", {2, 16, size, size}), 16, 3, 1);
  ir::PoolAttributes pool;
  for (auto& k : pool.kernel) k = kernel;
  for (auto& s : pool.strides) s = stride;
  for (auto& p : pool.pads) p = pad;
  const std::int64_t lines = (size + 2 * pad - kernel) / stride + 1;
  ir::Value value = m.graph.values[y];
  value.name = "pool", value.shape = {2, 16, lines, lines};
  const ValueId result = m.graph.add_value(value);
  ir::Node node;
  node.op = Op::max_pool, node.name = "pool", node.inputs = {y}, node.outputs = {result},
  node.attributes = pool;
  m.graph.nodes.push_back(node);
  m.output(result);
  for (ir::Value& v : m.graph.values)
    if (!v.constant) v.type = ir::DType::u8, v.quant = ir::QuantParams{{0.5f}, 0, -1};
  return m;
}

TEST(FusedTails, APoolWhoseWindowsLieSideBySideIsMadeBehindItsConvolution) {
  const auto tails = [](const test::GraphMaker& m) {
    return fusable_tails(m.graph, chip(isa::Residency::layer));
  };
  const auto halves = tails(pooled(2, 2, 0));
  ASSERT_EQ(halves.size(), 1u);
  EXPECT_EQ(halves[0].maker, 0u);
  EXPECT_EQ(halves[0].node, 1u);
  EXPECT_FALSE(halves[0].adds());
  EXPECT_EQ(tails(pooled(8, 1, 0)).size(), 1u) << "one window takes all of it, whatever its stride";
  EXPECT_TRUE(tails(pooled(3, 2, 1)).empty()) << "windows overlap";
  EXPECT_TRUE(tails(pooled(3, 3, 0)).empty()) << "8 lines are no whole number of windows";
  EXPECT_TRUE(tails(pooled(2, 2, 1, 6)).empty()) << "padding";
}

TEST(FusedTails, WhatPassesTakesNoMemoryAndTheResultLivesFromItsMakerOn) {
  const Block block;
  const isa::ArchSpec arch = chip(isa::Residency::layer);
  const std::vector<StagingNeed> needs(block.m.graph.nodes.size());
  const MemoryPlan apart = plan_memory(block.m.graph, arch, needs);
  const MemoryPlan fused = plan_memory(block.m.graph, arch, needs, sums_of(block));
  EXPECT_EQ(apart.spill_bytes - fused.spill_bytes, 16u * 8 * 8);
  EXPECT_TRUE(fused.values[block.shortcut].passing);
  EXPECT_EQ(fused.tail_at(block.node("sum")), fused.tail_taking(block.shortcut));
  EXPECT_EQ(fused.tail_taking(block.second), nullptr);
  EXPECT_TRUE(verify(fused, block.m.graph, arch).empty());
}

TEST(FusedTails, WhereAllStaysInTheBufferNothingIsFused) {
  const Block block;
  const std::vector<StagingNeed> needs(block.m.graph.nodes.size());
  const MemoryPlan plan = plan_memory(block.m.graph, chip(isa::Residency::network), needs, sums_of(block));
  EXPECT_TRUE(plan.tails.empty());
  EXPECT_TRUE(plan.values[block.shortcut].in_buffer);
}

}  // namespace
}  // namespace nnp::compiler
