// SPDX-License-Identifier: Apache-2.0
// BatchNormalization: into what makes its input, or a depthwise Conv of its own.
#include <gtest/gtest.h>

#include "compiler/passes/passes.h"
#include "tests/unit/compiler/expect_pass.h"

namespace nnp {
namespace {

using ir::Op;
using ir::ValueId;
using test::expect_pass;
using test::GraphMaker;

TEST(FoldBatchNormalization, GoesIntoTheConvBeforeIt) {
  GraphMaker m;
  m.output(m.batch_normalization("n", m.conv("c", m.input("x", {1, 3, 5, 5}), 4, 3, 1)));
  const ir::Graph graph = expect_pass(m, compiler::fold_batch_normalization,
                                      "Conv(x, c.w, c.b) -> c\n"
                                      "BatchNormalization(c, n.s, n.b, n.m, n.v) -> n\n"
                                      "outputs: n\n",
                                      "Conv(x, c.folded_weights, c.folded_bias) -> n\n"
                                      "outputs: n\n");
  EXPECT_EQ(graph.nodes[0].onnx_nodes, (std::vector<std::string>{"c", "n"}));
}

TEST(FoldBatchNormalization, GoesIntoGemmInEitherOrientation) {
  for (const bool transpose : {false, true}) {
    GraphMaker m;
    const ValueId x = m.input("x", {2, 3}), w = m.random("w", transpose ? ir::Shape{4, 3} : ir::Shape{3, 4});
    m.output(m.batch_normalization(
        "n", m.node(Op::gemm, "g", {x, w}, {2, 4}, ir::GemmAttributes{1, 1, false, transpose})));
    expect_pass(m, compiler::fold_batch_normalization,
                "Gemm(x, w) -> g\n"
                "BatchNormalization(g, n.s, n.b, n.m, n.v) -> n\n"
                "outputs: n\n",
                "Gemm(x, g.folded_weights, g.folded_bias) -> n\n"
                "outputs: n\n");
  }
}

TEST(FoldBatchNormalization, LeavesAConvWithAnotherReader) {
  GraphMaker m;
  const ValueId c = m.conv("c", m.input("x", {1, 3, 5, 5}), 4, 1);
  m.output(m.batch_normalization("n", c));
  m.output(c);
  const std::string same =
      "Conv(x, c.w, c.b) -> c\nBatchNormalization(c, n.s, n.b, n.m, n.v) -> n\noutputs: n, c\n";
  expect_pass(m, compiler::fold_batch_normalization, same, same);
}

TEST(FoldBatchNormalization, GoesIntoAConvTransposeInGroups) {
  GraphMaker m;
  ir::ConvTransposeAttributes a;
  a.kernel[0] = 3, a.kernel[1] = 2, a.group = 2;
  const ValueId x = m.input("x", {1, 4, 3, 3}), w = m.random("w", {4, 3, 3, 2});
  m.output(m.batch_normalization("n", m.node(Op::conv_transpose, "c", {x, w}, {1, 6, 5, 4}, a)));
  expect_pass(m, compiler::fold_batch_normalization,
              "ConvTranspose(x, w) -> c\n"
              "BatchNormalization(c, n.s, n.b, n.m, n.v) -> n\n"
              "outputs: n\n",
              "ConvTranspose(x, c.folded_weights, c.folded_bias) -> n\n"
              "outputs: n\n");
}

TEST(BatchNormalizationToConv, MakesADepthwiseConvOfAnImageAndMulAndAddOfTheRest) {
  GraphMaker m;
  m.output(m.batch_normalization("n", m.input("x", {2, 3, 4, 5})));
  m.output(m.batch_normalization("k", m.input("v", {2, 3, 4})));
  const ir::Graph graph = expect_pass(m, compiler::batch_normalization_to_conv,
                                      "BatchNormalization(x, n.s, n.b, n.m, n.v) -> n\n"
                                      "BatchNormalization(v, k.s, k.b, k.m, k.v) -> k\n"
                                      "outputs: n, k\n",
                                      "Conv(x, n.factor, n.shift) -> n\n"
                                      "Mul(v, k.factor) -> k.scaled\n"
                                      "Add(k.scaled, k.shift) -> k\n"
                                      "outputs: n, k\n");
  EXPECT_EQ(std::get<ir::ConvAttributes>(graph.nodes[0].attributes).group, 3);
}

}  // namespace
}  // namespace nnp
