// SPDX-License-Identifier: Apache-2.0
// Which networks may take a batch part by part, and what a part's graph is.
#include "compiler/tiling/sub_batch.h"

#include <gtest/gtest.h>

#include "tests/unit/compiler/graph_maker.h"

namespace nnp::compiler {
namespace {

using ir::Op;
using ir::Shape;
using ir::ValueId;

std::string fault(test::GraphMaker m, ValueId result, std::int64_t batch = 4) {
  m.output(result);
  EXPECT_EQ(test::faults(m.graph), "");
  return fault_of_parts(m.graph, batch);
}

TEST(SubBatch, ConvolutionsPoolsAndGemmsKeepInferencesApart) {
  test::GraphMaker m;
  const ValueId y = m.pool(Op::max_pool, "pool", m.conv("conv", m.input("x", {4, 3, 8, 8}), 5, 3, 1), 2, 2);
  const ValueId flat = m.node(Op::reshape, "flat", {y}, {4, 80});
  const ValueId result = m.gemm("fc", flat, 10);
  EXPECT_EQ(fault(m, result), "");
  const ir::Graph part = graph_of_part(m.graph, 4, 2);
  EXPECT_EQ(part.values[y].shape, (Shape{2, 5, 4, 4}));
  EXPECT_EQ(part.values[result].shape, (Shape{2, 10}));
  EXPECT_EQ(part.values[m.graph.nodes[0].inputs[1]].shape, m.graph.values[m.graph.nodes[0].inputs[1]].shape)
      << "weights";
  EXPECT_TRUE(ir::verify(part).empty());
}

TEST(SubBatch, RowsOfSeveralInferencesMayHaveBeenJoined) {
  test::GraphMaker m;
  const ValueId rows = m.node(Op::reshape, "rows", {m.input("x", {4, 6, 16})}, {24, 16});
  const ValueId result = m.gemm("fc", rows, 8);
  EXPECT_EQ(fault(m, result), "");
  EXPECT_EQ(graph_of_part(m.graph, 4, 1).values[result].shape, (Shape{6, 8}));
}

TEST(SubBatch, HeadsOfAttentionMayStandBehindAnAxisOfOneElement) {
  test::GraphMaker m;
  const ValueId heads = m.node(Op::reshape, "heads", {m.input("x", {4, 6, 16})}, {1, 4, 6, 2, 8});
  const ValueId turned =
      m.node(Op::transpose, "turn", {heads}, {1, 4, 2, 6, 8}, ir::TransposeAttributes{{0, 1, 3, 2, 4}});
  const ValueId scaled = m.same_shape(Op::mul, "scale", {turned, m.random("factor", {})});
  const ValueId soft = m.node(Op::softmax, "soft", {scaled, m.random("mask", {1, 1, 6, 8})}, {1, 4, 2, 6, 8},
                              ir::AxisAttributes{-1});
  const ValueId result = m.node(Op::reshape, "rows", {soft}, {8, 6, 8});
  EXPECT_EQ(fault(m, result), "");
  const ir::Graph part = graph_of_part(m.graph, 4, 2);
  EXPECT_EQ(part.values[soft].shape, (Shape{1, 2, 2, 6, 8}));
  EXPECT_EQ(part.values[result].shape, (Shape{4, 6, 8}));
}

TEST(SubBatch, AMaskIsTheSameForAllInferences) {
  for (const bool same : {false, true}) {
    test::GraphMaker m;
    const ValueId mask = m.random("mask", same ? Shape{1, 1, 1, 8} : Shape{4, 1, 1, 8});
    const ValueId y =
        m.node(Op::softmax, "soft", {m.input("x", {4, 2, 6, 8}), mask}, {4, 2, 6, 8}, ir::AxisAttributes{3});
    EXPECT_EQ(fault(m, y), same ? "" : "soft (Softmax) does not keep the inferences of a batch of 4 apart");
  }
}

TEST(SubBatch, AMaskOfMoreAxesThanItsResultIsNotSplit) {
  test::GraphMaker m;
  const ValueId y = m.node(Op::softmax, "soft", {m.input("x", {4, 6, 8}), m.random("mask", {4, 1, 6, 8})},
                           {4, 6, 8}, ir::AxisAttributes{2});
  EXPECT_NE(fault_of_parts(m.graph, 4), "") << m.graph.values[y].name;
}

TEST(SubBatch, WhatMixesInferencesIsNamed) {
  {
    test::GraphMaker m;
    const ValueId y = m.node(Op::softmax, "norm", {m.input("x", {4, 8})}, {4, 8}, ir::AxisAttributes{0});
    EXPECT_EQ(fault(m, y), "norm (Softmax) does not keep the inferences of a batch of 4 apart");
  }
  {
    test::GraphMaker m;
    const ValueId y =
        m.node(Op::transpose, "turn", {m.input("x", {4, 8})}, {8, 4}, ir::TransposeAttributes{{1, 0}});
    EXPECT_EQ(fault(m, y), "turn (Transpose) does not keep the inferences of a batch of 4 apart");
  }
  {
    test::GraphMaker m;
    const ValueId y = m.lstm("lstm", m.input("x", {8, 4, 6}), 5);
    EXPECT_EQ(fault(m, y), "lstm (LSTM) does not keep the inferences of a batch of 4 apart");
  }
}

TEST(SubBatch, ASecondOperandIsEveryInferencesOwnOrTheSameForAll) {
  test::GraphMaker m;
  const ValueId x = m.input("x", {4, 8, 2, 2});
  EXPECT_EQ(fault(m, m.same_shape(Op::add, "sum", {x, m.random("one", {1, 8, 2, 2})})), "");
  EXPECT_EQ(fault(m, m.same_shape(Op::add, "sum2", {x, m.random("each", {4, 8, 2, 2})})),
            "sum2 (Add) does not keep the inferences of a batch of 4 apart");
}

TEST(SubBatch, ANetworkOfSeveralLaunchesGoesAsAWhole) {
  test::GraphMaker m;
  const ValueId host = m.same_shape(Op::relu, "host", {m.gemm("first", m.input("x", {4, 8}), 8)});
  const ValueId result = m.gemm("last", host, 8);
  for (ir::Node& node : m.graph.nodes) node.on_host = node.name == "host";
  EXPECT_EQ(fault(m, result), "the chip is launched 2 times");
}

}  // namespace
}  // namespace nnp::compiler
