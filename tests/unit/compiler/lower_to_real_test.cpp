// SPDX-License-Identifier: Apache-2.0
// The graph that a chip of real numbers runs: where bf16 begins and ends, and what becomes of a MatMul.
#include <gtest/gtest.h>

#include "compiler/passes/passes.h"
#include "tests/unit/compiler/graph_maker.h"

namespace nnp {
namespace {

using ir::Op;
using isa::Precision;
using test::GraphMaker;

ir::Graph lowered(const ir::Graph& graph, Precision precision) {
  ir::Graph result = compiler::lower_to_real(graph, precision);
  compiler::partition(result, precision);
  EXPECT_EQ(test::faults(result), "") << test::outline(result);
  return result;
}

std::string places(const ir::Graph& graph) {
  std::string text;
  for (const ir::Node& node : graph.nodes)
    text += std::string(ir::to_string(node.op)) + (node.on_host ? " host, " : " chip, ");
  return text;
}

TEST(LowerToReal, Bf16StandsBetweenCastsAndBiasesStayFloat) {
  GraphMaker m;
  const auto x = m.input("x", {1, 3, 6, 6});
  m.output(m.same_shape(Op::relu, "r", {m.conv("c", x, 4, 3)}));
  const ir::Graph graph = lowered(m.graph, Precision::bf16);
  EXPECT_EQ(places(graph), "Cast host, Conv chip, Relu chip, Cast host, ");
  const ir::Node& conv = graph.nodes[1];
  EXPECT_EQ(graph.values[conv.inputs[0]].type, ir::DType::bf16);
  EXPECT_EQ(graph.values[conv.inputs[1]].type, ir::DType::bf16);
  EXPECT_EQ(graph.values[conv.inputs[2]].type, ir::DType::f32);
  EXPECT_EQ(graph.values[graph.outputs[0]].type, ir::DType::f32);
  EXPECT_EQ(graph.values[graph.outputs[0]].name, "r");
}

TEST(LowerToReal, OnlyBf16NeedsCastsAndOnlyAtTheBorder) {
  GraphMaker m;
  const auto x = m.input("x", {2, 5});
  const auto s = m.node(Op::softmax, "s", {m.gemm("g", x, 4)}, {2, 4}, ir::AxisAttributes{1});
  m.output(m.gemm("h", s, 3));
  EXPECT_EQ(places(lowered(m.graph, Precision::fp32)), "Gemm chip, Softmax chip, Gemm chip, ");
  EXPECT_EQ(places(lowered(m.graph, Precision::bf16)),
            "Cast host, Gemm chip, Softmax chip, Gemm chip, Cast host, ");
}

TEST(LowerToReal, ATransposeBeforeTheRightSideOfAMatMulBecomesItsFlag) {
  GraphMaker m;
  const auto q = m.input("q", {2, 3, 4}), k = m.input("k", {2, 5, 4});
  const auto t = m.node(Op::transpose, "t", {k}, {2, 4, 5}, ir::TransposeAttributes{{0, 2, 1}});
  m.output(m.node(Op::matmul, "y", {q, t}, {2, 3, 5}));
  const ir::Graph graph = lowered(m.graph, Precision::fp32);
  EXPECT_EQ(places(graph), "MatMul chip, ");
  EXPECT_TRUE(ir::transposes_right(graph.nodes[0]));
  const auto inputs = std::vector<ir::Tensor>{m.sample({2, 3, 4}), m.sample({2, 5, 4})};
  EXPECT_EQ(test::largest_difference(test::run(m.graph, inputs), test::run(graph, inputs)), 0);
}

TEST(LowerToReal, ABatchOfTwoAxesBecomesOneOfOne) {
  GraphMaker m;
  const auto a = m.input("a", {2, 3, 4, 5}), b = m.input("b", {2, 3, 5, 6});
  m.output(m.node(Op::matmul, "y", {a, b}, {2, 3, 4, 6}));
  const ir::Graph graph = lowered(m.graph, Precision::fp32);
  EXPECT_EQ(places(graph), "Reshape host, Reshape host, MatMul chip, Reshape host, ");
  const auto inputs = std::vector<ir::Tensor>{m.sample({2, 3, 4, 5}), m.sample({2, 3, 5, 6})};
  EXPECT_EQ(test::largest_difference(test::run(m.graph, inputs), test::run(graph, inputs)), 0);
}

TEST(Partition, TheChipsTypeDecidesAndANameForHostFloatsStaysOnTheHost) {
  GraphMaker m;
  const auto x = m.input("x", {2, 6});
  const auto flat = m.node(Op::reshape, "r", {x}, {2, 6});
  m.output(m.gemm("g", flat, 4));
  compiler::partition(m.graph, Precision::fp32);
  EXPECT_EQ(places(m.graph), "Reshape host, Gemm chip, ");
  compiler::partition(m.graph, Precision::bf16);
  EXPECT_EQ(places(m.graph), "Reshape host, Gemm host, ");
  compiler::partition(m.graph, Precision::int8);
  EXPECT_EQ(places(m.graph), "Reshape host, Gemm host, ");
}

TEST(LowerToReal, AConstantLeftOperandStaysFloat) {
  GraphMaker m;
  const auto one = m.constant("one", {}, {1}), x = m.input("x", {2, 3});
  const auto a = m.same_shape(Op::relu, "a", {x});
  m.output(m.node(Op::binary, "rest", {one, a}, {2, 3}, ir::BinaryAttributes{ir::BinaryFunction::sub}));
  EXPECT_EQ(places(lowered(m.graph, Precision::bf16)), "Cast host, Relu chip, Binary chip, Cast host, ");
}

}  // namespace
}  // namespace nnp
