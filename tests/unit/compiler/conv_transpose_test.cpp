// SPDX-License-Identifier: Apache-2.0
// conv_transpose_to_conv: the same numbers as the operator's definition (host_runtime/reference/naive),
// whatever strides, dilations, pads and groups.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "compiler/passes/passes.h"
#include "tests/unit/compiler/graph_maker.h"

namespace nnp {
namespace {

using ir::Op;
using ir::ValueId;
using test::GraphMaker;

/// Whole numbers, so that sums in any order are equal.
void round_all(ir::Tensor& tensor) {
  for (float& x : tensor.data<float>()) x = std::round(x * 8);
}

struct Case {
  ir::ConvTransposeAttributes a;
  ir::Shape x, w, y;
};

Case random_case(unsigned seed) {
  std::mt19937 engine(seed);
  const auto pick = [&](int low, int high) {
    return low + static_cast<std::int64_t>(engine()) % (high - low + 1);
  };
  for (;;) {
    Case c;
    c.a.group = pick(1, 3);
    c.x = {pick(1, 2), c.a.group * pick(1, 3), pick(1, 5), pick(1, 5)};
    c.w = {c.x[1], pick(1, 3), 0, 0};
    c.y = {c.x[0], c.w[1] * c.a.group, 0, 0};
    for (std::size_t i = 0; i < 2; ++i) {
      c.w[i + 2] = c.a.kernel[i] = pick(1, 4);
      c.a.strides[i] = pick(1, 4), c.a.dilations[i] = pick(1, 3);
      c.a.pads[i] = pick(0, 5), c.a.pads[i + 2] = pick(0, 3);
      c.a.output_padding[i] = pick(0, static_cast<int>(c.a.strides[i]) - 1);
      c.y[i + 2] = (c.x[i + 2] - 1) * c.a.strides[i] + (c.a.kernel[i] - 1) * c.a.dilations[i] + 1 +
                   c.a.output_padding[i] - c.a.pads[i] - c.a.pads[i + 2];
    }
    if (c.y[2] > 0 && c.y[3] > 0) return c;
  }
}

TEST(ConvTransposeToConv, GivesTheNumbersOfTheDefinition) {
  int moved = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const Case c = random_case(seed);
    GraphMaker m(seed);
    const ValueId x = m.input("x", c.x), w = m.random("w", c.w), b = m.random("b", {c.y[1]});
    m.output(
        m.node(Op::conv_transpose, "y", seed % 3 == 0 ? std::vector{x, w} : std::vector{x, w, b}, c.y, c.a));
    for (const ValueId id : {w, b}) round_all(*m.graph.values[id].constant);
    ASSERT_EQ(test::faults(m.graph), "");
    ir::Graph graph = m.graph;
    compiler::conv_transpose_to_conv(graph);
    EXPECT_EQ(test::faults(graph), "");
    for (const ir::Node& node : graph.nodes) EXPECT_NE(node.op, Op::conv_transpose);
    moved += graph.nodes.size() > 1 ? 1 : 0;
    ir::Tensor input = m.sample(c.x);
    round_all(input);
    EXPECT_EQ(test::largest_difference(test::run(m.graph, {input}), test::run(graph, {input})), 0);
  }
  EXPECT_GT(moved, 100);
}

TEST(ConvTransposeToConv, LeavesComputedWeightsAlone) {
  GraphMaker m;
  m.output(m.node(Op::conv_transpose, "y", {m.input("x", {1, 2, 3, 3}), m.input("w", {2, 4, 1, 1})},
                  {1, 4, 3, 3}, ir::ConvTransposeAttributes{}));
  ir::Graph graph = m.graph;
  compiler::conv_transpose_to_conv(graph);
  EXPECT_EQ(test::outline(graph), test::outline(m.graph));
}

}  // namespace
}  // namespace nnp
