// SPDX-License-Identifier: Apache-2.0
// SQNR against the textbook's figure for rounding, and answers counted by hand.
#include "host_runtime/compare/quantisation_noise.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/reference/graph_builder.h"

namespace nnp::compare {
namespace {

using nnp::testing::GraphBuilder;
using nnp::testing::quant;
using nnp::testing::Random;

/// Float: y = Relu(x). Quantised: the same names, other numbers, with codes in steps of `step`.
struct Pair {
  ir::Graph optimised, quantised;
};
Pair relu(const ir::Shape& shape, float step) {
  Pair pair;
  GraphBuilder f;
  f.constant(ir::Tensor(ir::DType::f32, {3}));  // as weights that quantisation drops: it numbers values anew
  const ir::ValueId x = f.input(shape);
  pair.optimised = f.finish({f.float_node(ir::Op::relu, {x}, shape)});
  pair.optimised.values[x].name = "x";
  GraphBuilder q;
  const ir::ValueId in = q.input(shape);
  const ir::ValueId y = q.value(shape, ir::DType::f32);
  const ir::ValueId codes = q.value(shape, ir::DType::u8, quant(step));
  const ir::ValueId result = q.value(shape, ir::DType::u8, quant(step));
  q.node(ir::Op::quantize_linear, {in}, {codes}).name = "quantize";
  q.node(ir::Op::relu, {codes}, {result}).name = pair.optimised.nodes[0].name;
  q.node(ir::Op::dequantize_linear, {result}, {y});
  pair.quantised = q.finish({y});
  pair.quantised.values[in].name = "x";
  return pair;
}

TEST(QuantisationNoise, OfEvenlySpreadNumbersInNCodesIs20Log10OfN) {
  // x even in [0, 1): mean square 1/3; rounding to steps 1/N: error even in +-1/(2N), mean square 1/(12 N^2).
  constexpr std::int64_t kCount = 1 << 16;
  constexpr double kCodes = 200;
  const Pair pair = relu({1, kCount}, static_cast<float>(1 / kCodes));
  QuantisationNoise noise(pair.optimised, pair.quantised);
  ir::Tensor x(ir::DType::f32, {1, kCount});
  for (std::int64_t i = 0; i < kCount; ++i)
    x.data<float>()[static_cast<std::size_t>(i)] = static_cast<float>(i) / kCount;
  reference::Naive naive;
  noise.add({x}, naive, naive);
  const double expected = 10 * std::log10(4 * kCodes * kCodes);
  ASSERT_EQ(noise.layers().size(), 2u);
  for (const LayerNoise& layer : noise.layers())
    EXPECT_NEAR(layer.noise.sqnr_db(), expected, 0.05) << layer.layer;
  EXPECT_NEAR(noise.outputs().sqnr_db(), expected, 0.05);
  EXPECT_EQ(noise.layers()[0].layer, "quantize");
  EXPECT_EQ(noise.layers()[1].op, "Relu");
}

TEST(QuantisationNoise, WithoutNoiseIsInfinite) {
  const Pair pair = relu({1, 4}, 1);
  QuantisationNoise noise(pair.optimised, pair.quantised);
  reference::Naive naive;
  noise.add({ir::Tensor::of<float>({1, 4}, std::vector<float>{0, 1, 2, 200})}, naive, naive);
  EXPECT_TRUE(std::isinf(noise.outputs().sqnr_db()));
}

TEST(QuantisationNoise, CountsAnswersThatAreTheSame) {
  const Pair pair = relu({3, 4}, 1);
  QuantisationNoise noise(pair.optimised, pair.quantised);
  // Rows: kept; kept (a tie in codes goes to the first, which it is in float too); lost to the first of a
  // tie.
  const std::vector<float> rows{1, 2, 9, 3, 5.4f, 5.1f, 0, 0, 5.1f, 5.4f, 0, 0};
  reference::Naive naive;
  noise.add({ir::Tensor::of<float>({3, 4}, rows)}, naive, naive);
  EXPECT_EQ(noise.answers(), 3u);
  EXPECT_EQ(noise.agreeing(), 2u);
}

TEST(QuantisationNoise, TakesAxisOneOfImagesForTheClasses) {
  const Pair pair = relu({1, 2, 1, 3}, 1);
  QuantisationNoise noise(pair.optimised, pair.quantised);
  reference::Naive naive;
  // Pixels: class 1, class 0, and one that rounding turns to a tie.
  noise.add({ir::Tensor::of<float>({1, 2, 1, 3}, std::vector<float>{0, 7, 3.1f, 5, 1, 3.4f})}, naive, naive);
  EXPECT_EQ(noise.answers(), 3u);
  EXPECT_EQ(noise.agreeing(), 2u);
}

TEST(QuantisationNoise, OfOneClassHasNoAnswers) {
  const Pair pair = relu({4, 1}, 1);
  QuantisationNoise noise(pair.optimised, pair.quantised);
  reference::Naive naive;
  noise.add({ir::Tensor(ir::DType::f32, {4, 1})}, naive, naive);
  EXPECT_EQ(noise.answers(), 0u);
}

}  // namespace
}  // namespace nnp::compare
