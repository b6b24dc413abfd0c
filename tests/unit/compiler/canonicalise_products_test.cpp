// SPDX-License-Identifier: Apache-2.0
// MatMuls of activations with batches of any kind become those that the array has, with the same results.
#include <gtest/gtest.h>

#include "compiler/passes/chip_capability.h"
#include "compiler/passes/passes.h"
#include "tests/unit/compiler/expect_pass.h"

namespace nnp {
namespace {

using ir::Op;
using ir::Shape;
using ir::ValueId;
using test::expect_pass;
using test::GraphMaker;

struct Case {
  Shape a, b, y;
  const char* after;
};

void expect_canonical(const Case& c, const char* before = "MatMul(a, b) -> y\noutputs: y\n") {
  SCOPED_TRACE(::testing::PrintToString(c.a) + " " + ::testing::PrintToString(c.b));
  GraphMaker m;
  const ValueId a = m.input("a", c.a), b = m.input("b", c.b);
  m.output(m.node(Op::matmul, "y", {a, b}, c.y));
  const ir::Graph graph = expect_pass(m, compiler::canonicalise_products, before, c.after);
  for (const ir::Node& node : graph.nodes)
    EXPECT_TRUE(compiler::chip_has_operation(graph, node)) << node.name;
}

TEST(CanonicaliseProducts, TakesABatchOnTheLeftAloneForRows) {
  expect_canonical({{2, 3, 4, 5},
                    {5, 6},
                    {2, 3, 4, 6},
                    "Reshape(a) -> y.a\n"
                    "MatMul(y.a, b) -> y.flat\n"
                    "Reshape(y.flat) -> y\n"
                    "outputs: y\n"});
  expect_canonical({{3, 4, 5},
                    {1, 1, 5, 6},
                    {1, 3, 4, 6},
                    "Reshape(a) -> y.a\n"
                    "Reshape(b) -> y.b\n"
                    "MatMul(y.a, y.b) -> y.flat\n"
                    "Reshape(y.flat) -> y\n"
                    "outputs: y\n"});
}

TEST(CanonicaliseProducts, RepeatsAnOperandThatLacksABatchAxis) {
  expect_canonical({{4, 5},
                    {3, 5, 6},
                    {3, 4, 6},
                    "Reshape(a) -> y.a\n"
                    "Expand(y.a) -> y.a_2\n"
                    "Reshape(y.a_2) -> y.a_3\n"
                    "MatMul(y.a_3, b) -> y\n"
                    "outputs: y\n"});
  expect_canonical({{2, 3, 4, 5},
                    {1, 3, 5, 6},
                    {2, 3, 4, 6},
                    "Reshape(a) -> y.a\n"
                    "Reshape(b) -> y.b\n"
                    "Expand(y.b) -> y.b_2\n"
                    "Reshape(y.b_2) -> y.b_3\n"
                    "MatMul(y.a, y.b_3) -> y.flat\n"
                    "Reshape(y.flat) -> y\n"
                    "outputs: y\n"});
}

TEST(CanonicaliseProducts, RepeatsBothWhereEachLacksAnother) {
  expect_canonical({{2, 1, 4, 5},
                    {1, 3, 5, 6},
                    {2, 3, 4, 6},
                    "Reshape(a) -> y.a\n"
                    "Expand(y.a) -> y.a_2\n"
                    "Reshape(y.a_2) -> y.a_3\n"
                    "Reshape(b) -> y.b\n"
                    "Expand(y.b) -> y.b_2\n"
                    "Reshape(y.b_2) -> y.b_3\n"
                    "MatMul(y.a_3, y.b_3) -> y.flat\n"
                    "Reshape(y.flat) -> y\n"
                    "outputs: y\n"});
}

TEST(CanonicaliseProducts, SeesVectorsAsMatricesOfOneRowOrColumn) {
  expect_canonical({{5},
                    {5, 6},
                    {6},
                    "Reshape(a) -> y.row\n"
                    "MatMul(y.row, b) -> y.flat\n"
                    "Reshape(y.flat) -> y\n"
                    "outputs: y\n"});
  expect_canonical({{3, 4, 5},
                    {5},
                    {3, 4},
                    "Reshape(b) -> y.column\n"
                    "Reshape(a) -> y.a\n"
                    "MatMul(y.a, y.column) -> y.flat\n"
                    "Reshape(y.flat) -> y\n"
                    "outputs: y\n"});
}

TEST(CanonicaliseProducts, LeavesWhatTheArrayHas) {
  for (const Case& c : {Case{{4, 5}, {5, 6}, {4, 6}, ""}, Case{{3, 4, 5}, {3, 5, 6}, {3, 4, 6}, ""}})
    expect_canonical({c.a, c.b, c.y, "MatMul(a, b) -> y\noutputs: y\n"});
}

/// y = a * transpose(b) with the given permutation of b's axes.
GraphMaker product_of_turned(const Shape& b, const Shape& turned, std::vector<std::int64_t> permutation) {
  GraphMaker m;
  const ValueId right =
      m.node(Op::transpose, "t", {m.input("b", b)}, turned, ir::TransposeAttributes{std::move(permutation)});
  const Shape a{turned[0], 4, turned[1]}, y{turned[0], 4, turned[2]};
  m.output(m.node(Op::matmul, "y", {m.input("a", a), right}, y));
  return m;
}

TEST(CanonicaliseProducts, FoldsATransposeOfTheRightSide) {
  GraphMaker m = product_of_turned({3, 6, 5}, {3, 5, 6}, {0, 2, 1});
  const ir::Graph graph =
      expect_pass(m, compiler::canonicalise_products, "Transpose(b) -> t\nMatMul(a, t) -> y\noutputs: y\n",
                  "MatMul(a, b) -> y\noutputs: y\n");
  EXPECT_TRUE(ir::transposes_right(graph.nodes[0]));
}

TEST(CanonicaliseProducts, ATransposeThatMovesMoreKeepsItsRowsWhole) {
  // The keys of attention: [tokens, heads, size] to [heads, size, tokens] would move element by element.
  GraphMaker m = product_of_turned({6, 3, 5}, {3, 5, 6}, {1, 2, 0});
  const ir::Graph graph =
      expect_pass(m, compiler::canonicalise_products, "Transpose(b) -> t\nMatMul(a, t) -> y\noutputs: y\n",
                  "Transpose(b) -> t\nMatMul(a, t) -> y\noutputs: y\n");
  EXPECT_EQ(std::get<ir::TransposeAttributes>(graph.nodes[0].attributes).permutation,
            (std::vector<std::int64_t>{1, 0, 2}));
  EXPECT_TRUE(ir::transposes_right(graph.nodes[1]));
}

TEST(CanonicaliseProducts, ATransposeThatOthersReadStays) {
  GraphMaker m = product_of_turned({6, 3, 5}, {3, 5, 6}, {1, 2, 0});
  m.output(m.same_shape(Op::relu, "r", {m.graph.nodes[0].outputs[0]}));
  const char* unchanged = "Transpose(b) -> t\nMatMul(a, t) -> y\nRelu(t) -> r\noutputs: y, r\n";
  const ir::Graph graph = expect_pass(m, compiler::canonicalise_products, unchanged, unchanged);
  EXPECT_FALSE(ir::transposes_right(graph.nodes[1]));
}

TEST(CanonicaliseProducts, ATransposeWhoseRowsAreWholeStays) {
  GraphMaker m = product_of_turned({5, 3, 6}, {3, 5, 6}, {1, 0, 2});
  expect_pass(m, compiler::canonicalise_products, "Transpose(b) -> t\nMatMul(a, t) -> y\noutputs: y\n",
              "Transpose(b) -> t\nMatMul(a, t) -> y\noutputs: y\n");
}

TEST(CanonicaliseProducts, AnEmptyProductStaysTheHosts) {
  GraphMaker m;
  m.output(m.node(Op::matmul, "y", {m.input("a", {2, 3, 0}), m.input("b", {0, 4})}, {2, 3, 4}));
  expect_pass(m, compiler::canonicalise_products, "MatMul(a, b) -> y\noutputs: y\n",
              "MatMul(a, b) -> y\noutputs: y\n");
}

}  // namespace
}  // namespace nnp
