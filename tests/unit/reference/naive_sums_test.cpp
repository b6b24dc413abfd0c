// SPDX-License-Identifier: Apache-2.0
// The order of float sums, bit for bit: docs/guide/numerics.md, "Floats", written out in plain loops.
#include <cmath>

#include "host_runtime/reference/reference.h"
#include "isa/numerics/functions.h"
#include "tests/unit/reference/graph_builder.h"

namespace nnp {
namespace {

using ir::Op;
using ir::Tensor;
using testing::ConvCase;
using testing::GraphBuilder;
using testing::Random;

/// Fractions of many bits, so that every order of a sum rounds differently.
Tensor fractions(Random& random, ir::Shape shape) {
  Tensor tensor = random.whole<float>(std::move(shape), -1000, 1000);
  for (float& x : tensor.data<float>()) x = x / 997.0f + 0.0001f;
  return tensor;
}

std::vector<float> run_one(GraphBuilder& builder, ir::ValueId result, const std::vector<Tensor>& inputs) {
  reference::Naive naive;
  const Tensor y = naive.run(builder.finish({result}), inputs).at(0);
  return {y.data<float>().begin(), y.data<float>().end()};
}

TEST(NaiveSums, ConvolutionsAscendOverRowsColumnsChannelsByFusedMultiplyAdds) {
  for (std::uint32_t seed = 0; seed < 30; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Random random(seed);
    const ConvCase c = random_conv(random);
    const Tensor x = fractions(random, c.x()), w = fractions(random, c.w()), bias = fractions(random, {c.K});
    GraphBuilder builder;
    const auto y = run_one(
        builder,
        builder.float_node(Op::conv, {builder.input(c.x()), builder.constant(w), builder.constant(bias)},
                           c.y(), c.a),
        {x});
    // One sum an output, in [r][s][c] order: weights are [K][C / g][R][S].
    const ir::Shape ws = c.w(), xs = c.x(), ys = c.y();
    std::size_t i = 0;
    for (std::int64_t n = 0; n < ys[0]; ++n)
      for (std::int64_t k = 0; k < ys[1]; ++k)
        for (std::int64_t p = 0; p < ys[2]; ++p)
          for (std::int64_t q = 0; q < ys[3]; ++q, ++i) {
            float sum = 0;
            for (std::int64_t r = 0; r < ws[2]; ++r)
              for (std::int64_t s = 0; s < ws[3]; ++s)
                for (std::int64_t ch = 0; ch < ws[1]; ++ch) {
                  const std::int64_t h = p * c.a.strides[0] - c.a.pads[0] + r * c.a.dilations[0],
                                     v = q * c.a.strides[1] - c.a.pads[1] + s * c.a.dilations[1];
                  const std::int64_t channel = k / (ws[0] / c.a.group) * ws[1] + ch;
                  const bool inside = h >= 0 && h < xs[2] && v >= 0 && v < xs[3];
                  const float pixel = inside ? x.data<float>()[static_cast<std::size_t>(
                                                   ((n * xs[1] + channel) * xs[2] + h) * xs[3] + v)]
                                             : 0;
                  sum = std::fma(
                      pixel,
                      w.data<float>()[static_cast<std::size_t>(((k * ws[1] + ch) * ws[2] + r) * ws[3] + s)],
                      sum);
                }
            ASSERT_EQ(y[i], sum + bias.data<float>()[static_cast<std::size_t>(k)]) << "element " << i;
          }
  }
}

TEST(NaiveSums, ProductsAscendOverK) {
  Random random(5);
  const Tensor a = fractions(random, {7, 100}), b = fractions(random, {100, 33});
  GraphBuilder builder;
  const auto y = run_one(
      builder, builder.float_node(Op::matmul, {builder.input({7, 100}), builder.input({100, 33})}, {7, 33}),
      {a, b});
  for (std::size_t m = 0; m < 7; ++m)
    for (std::size_t n = 0; n < 33; ++n) {
      float sum = 0;
      for (std::size_t k = 0; k < 100; ++k)
        sum = std::fma(a.data<float>()[m * 100 + k], b.data<float>()[k * 33 + n], sum);
      ASSERT_EQ(y[m * 33 + n], sum);
    }
}

TEST(NaiveSums, MeansAreSummedInBinary64AndRoundedOnce) {
  Random random(6);
  const Tensor x = fractions(random, {3, 50});
  GraphBuilder builder;
  const auto y = run_one(builder,
                         builder.float_node(Op::reduce, {builder.input({3, 50})}, {3},
                                            ir::ReduceAttributes{ir::ReduceFunction::mean, {1}, false}),
                         {x});
  for (std::size_t row = 0; row < 3; ++row) {
    double sum = 0;
    for (std::size_t i = 0; i < 50; ++i) sum += static_cast<double>(x.data<float>()[row * 50 + i]);
    EXPECT_EQ(y[row], static_cast<float>(sum / 50));
  }
}

TEST(NaiveSums, AMaskIsAddedBeforeTheSoftmax) {
  Random random(7);
  const Tensor x = fractions(random, {2, 5}), mask = fractions(random, {5});
  GraphBuilder builder;
  const auto y = run_one(builder,
                         builder.float_node(Op::softmax, {builder.input({2, 5}), builder.constant(mask)},
                                            {2, 5}, ir::AxisAttributes{1}),
                         {x});
  for (std::size_t row = 0; row < 2; ++row) {
    double sum = 0;
    for (std::size_t i = 0; i < 5; ++i)
      sum += std::exp(static_cast<double>(x.data<float>()[row * 5 + i] + mask.data<float>()[i]));
    for (std::size_t i = 0; i < 5; ++i)
      EXPECT_NEAR(y[row * 5 + i],
                  std::exp(static_cast<double>(x.data<float>()[row * 5 + i] + mask.data<float>()[i])) / sum,
                  1e-6);
  }
}

TEST(NaiveSums, AGruStepIsItsFormulas) {
  // T = B = I = H = 1: every gate is a scalar.
  const std::vector<float> W{0.5f, -0.25f, 0.75f}, R{0.3f, 0.6f, -0.9f},
      bias{0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f};
  for (const bool linear : {false, true}) {
    GraphBuilder builder;
    const auto y = run_one(
        builder,
        builder.float_node(
            Op::gru,
            {builder.input({1, 1, 1}), builder.constant(Tensor::of<float>({1, 3, 1}, W)),
             builder.constant(Tensor::of<float>({1, 3, 1}, R)),
             builder.constant(Tensor::of<float>({1, 6}, bias)), ir::kNoValue, builder.input({1, 1, 1})},
            {1, 1, 1}, ir::RecurrentAttributes{1, false, linear}),
        {Tensor::of<float>({1, 1, 1}, std::vector<float>{2}),
         Tensor::of<float>({1, 1, 1}, std::vector<float>{-0.5f})});
    const double x = 2, h = -0.5;
    const auto sigmoid = [](double v) { return 1 / (1 + std::exp(-v)); };
    const double z = sigmoid(0.5 * x + 0.3 * h + 0.1 + 0.4), r = sigmoid(-0.25 * x + 0.6 * h + 0.2 + 0.5);
    const double n = linear ? std::tanh(0.75 * x + 0.3 + r * (-0.9 * h + 0.6))
                            : std::tanh(0.75 * x - 0.9 * (r * h) + 0.3 + 0.6);
    EXPECT_NEAR(y[0], (1 - z) * n + z * h, 1e-6) << linear;
  }
}

}  // namespace
}  // namespace nnp
