// SPDX-License-Identifier: Apache-2.0
// Rung 1: the naive float operators against formulas written out here. Whole numbers keep every sum exact, so
// equality is asked.
#include <cmath>

#include "host_runtime/reference/reference.h"
#include "tests/unit/reference/graph_builder.h"

namespace nnp {
namespace {

using ir::DType;
using ir::Op;
using ir::Tensor;
using testing::ConvCase;
using testing::GraphBuilder;
using testing::Random;

Tensor floats(ir::Shape shape, std::vector<float> values) {
  return Tensor::of<float>(std::move(shape), values);
}
std::vector<float> elements(const Tensor& tensor) {
  return {tensor.data<float>().begin(), tensor.data<float>().end()};
}

std::vector<float> run_one(GraphBuilder& builder, ir::ValueId result, const std::vector<Tensor>& inputs) {
  reference::Naive naive;
  return elements(naive.run(builder.finish({result}), inputs).at(0));
}

TEST(NaiveFloat, ConvolutionIsTheSevenLoopsForRandomGeometry) {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Random random(seed);
    const ConvCase c = random_conv(random);
    const Tensor x = random.whole<float>(c.x(), -8, 8), w = random.whole<float>(c.w(), -8, 8),
                 bias = random.whole<float>({c.K}, -50, 50);
    GraphBuilder builder;
    const auto y = builder.float_node(
        Op::conv, {builder.input(c.x()), builder.constant(w), builder.constant(bias)}, c.y(), c.a, {-20, 40});
    std::vector<float> expected(static_cast<std::size_t>(ir::element_count(c.y())));
    for (std::size_t i = 0; i < expected.size(); ++i)
      expected[i] =
          bias.data<float>()[i / static_cast<std::size_t>(c.P * c.Q) % static_cast<std::size_t>(c.K)];
    seven_loops(c, [&](auto n, auto k, auto p, auto q, bool inside, std::size_t xi, std::size_t wi) {
      if (inside)
        expected[static_cast<std::size_t>(((n * c.K + k) * c.P + p) * c.Q + q)] +=
            x.data<float>()[xi] * w.data<float>()[wi];
    });
    for (float& e : expected) e = std::min(std::max(e, -20.0f), 40.0f);
    EXPECT_EQ(run_one(builder, y, {x}), expected);
  }
}

TEST(NaiveFloat, GemmTransposesScalesAndAddsItsThirdOperand) {
  // a^T = [[1, 3], [2, 4]], b^T = [[1, 0], [2, 1]]; their product is [[7, 3], [10, 4]].
  GraphBuilder builder;
  ir::GemmAttributes attributes{2.0f, 10.0f, true, true};
  const auto y = builder.float_node(Op::gemm,
                                    {builder.input({2, 2}), builder.constant(floats({2, 2}, {1, 2, 0, 1})),
                                     builder.constant(floats({2, 1}, {1, -1}))},
                                    {2, 2}, attributes);
  EXPECT_EQ(run_one(builder, y, {floats({2, 2}, {1, 2, 3, 4})}), (std::vector<float>{24, 16, 10, -2}));
}

TEST(NaiveFloat, MatMulBroadcastsBatchAxes) {
  // [2, 1, 1, 2] times [3, 2, 1]: every pair of a row and a column.
  GraphBuilder builder;
  const auto y =
      builder.float_node(Op::matmul, {builder.input({2, 1, 1, 2}), builder.input({3, 2, 1})}, {2, 3, 1, 1});
  EXPECT_EQ(run_one(builder, y, {floats({2, 1, 1, 2}, {1, 2, 3, 4}), floats({3, 2, 1}, {1, 0, 0, 1, 5, 7})}),
            (std::vector<float>{1, 2, 19, 3, 4, 43}));
}

TEST(NaiveFloat, MatMulTakesVectorsAsRowAndColumn) {
  GraphBuilder builder;
  const auto y = builder.float_node(Op::matmul, {builder.input({3}), builder.input({3})}, {});
  EXPECT_EQ(run_one(builder, y, {floats({3}, {1, 2, 3}), floats({3}, {4, 5, 6})}), std::vector<float>{32});
}

TEST(NaiveFloat, BinaryOperatorsBroadcastBothWays) {
  for (const Op op : {Op::add, Op::mul}) {
    GraphBuilder builder;
    const auto y = builder.float_node(op, {builder.input({2, 1}), builder.input({1, 3})}, {2, 3});
    std::vector<float> expected;
    for (const float a : {1.0f, 2.0f})
      for (const float b : {10.0f, 20.0f, 30.0f}) expected.push_back(op == Op::add ? a + b : a * b);
    EXPECT_EQ(run_one(builder, y, {floats({2, 1}, {1, 2}), floats({1, 3}, {10, 20, 30})}), expected);
  }
}

TEST(NaiveFloat, MaxPoolNeverPicksPadding) {
  GraphBuilder builder;
  const ir::PoolAttributes a{{2, 2}, {2, 2}, {1, 1, 1, 1}, false, false};
  const auto y = builder.float_node(Op::max_pool, {builder.input({1, 1, 2, 2})}, {1, 1, 2, 2}, a);
  EXPECT_EQ(run_one(builder, y, {floats({1, 1, 2, 2}, {-1, -2, -3, -4})}),
            (std::vector<float>{-1, -2, -3, -4}));
}

TEST(NaiveFloat, MaxPoolTakesPositiveZeroForTheLargerOne) {
  GraphBuilder builder;
  const ir::PoolAttributes a{{1, 2}, {1, 1}, {0, 0, 0, 0}, false, false};
  const auto y = builder.float_node(Op::max_pool, {builder.input({1, 1, 1, 3})}, {1, 1, 1, 2}, a);
  for (const float zero : run_one(builder, y, {floats({1, 1, 1, 3}, {-0.0F, 0.0F, -0.0F})}))
    EXPECT_FALSE(std::signbit(zero));
}

TEST(NaiveFloat, AveragePoolCountsPaddingOnlyWhenAsked) {
  for (const bool include : {false, true}) {
    GraphBuilder builder;
    const ir::PoolAttributes a{{2, 2}, {2, 2}, {1, 1, 1, 1}, false, include};
    const auto y = builder.float_node(Op::average_pool, {builder.input({1, 1, 2, 2})}, {1, 1, 2, 2}, a);
    const float share = include ? 4 : 1;
    EXPECT_EQ(run_one(builder, y, {floats({1, 1, 2, 2}, {8, 12, 16, 20})}),
              (std::vector<float>{8 / share, 12 / share, 16 / share, 20 / share}));
  }
}

TEST(NaiveFloat, CeilModeAddsTheWindowThatSticksOut) {
  GraphBuilder builder;
  const ir::PoolAttributes a{{1, 2}, {1, 2}, {0, 0, 0, 0}, true, false};
  const auto y = builder.float_node(Op::average_pool, {builder.input({1, 1, 1, 3})}, {1, 1, 1, 2}, a);
  EXPECT_EQ(run_one(builder, y, {floats({1, 1, 1, 3}, {1, 3, 7})}), (std::vector<float>{2, 7}));
}

TEST(NaiveFloat, GlobalAveragePoolIsTheMeanOfEachPlane) {
  GraphBuilder builder;
  const auto y = builder.float_node(Op::global_average_pool, {builder.input({2, 1, 2, 2})}, {2, 1, 1, 1});
  EXPECT_EQ(run_one(builder, y, {floats({2, 1, 2, 2}, {1, 2, 3, 6, 0, 0, 0, -2})}),
            (std::vector<float>{3, -0.5f}));
}

TEST(NaiveFloat, ActivationsFollowTheirFormulas) {
  const std::vector<float> x = {-3, -0.5f, 0, 0.5f, 9};
  const std::vector<std::pair<Op, std::function<double(double)>>> cases = {
      {Op::relu, [](double v) { return std::max(v, 0.0); }},
      {Op::sigmoid, [](double v) { return 1 / (1 + std::exp(-v)); }},
      {Op::tanh, [](double v) { return std::tanh(v); }}};
  for (const auto& [op, f] : cases) {
    GraphBuilder builder;
    const auto y = run_one(builder, builder.float_node(op, {builder.input({5})}, {5}), {floats({5}, x)});
    for (std::size_t i = 0; i < x.size(); ++i)
      EXPECT_FLOAT_EQ(y[i], static_cast<float>(f(x[i]))) << ir::to_string(op);
  }
}

TEST(NaiveFloat, ClipTakesEitherBoundOrNone) {
  const auto clip = [](bool low, bool high) {
    GraphBuilder builder;
    const auto bound = [&](bool given, float value) {
      return given ? builder.constant(floats({}, {value})) : ir::kNoValue;
    };
    const auto y = builder.float_node(Op::clip, {builder.input({3}), bound(low, -1), bound(high, 2)}, {3});
    return run_one(builder, y, {floats({3}, {-5, 1, 5})});
  };
  EXPECT_EQ(clip(true, true), (std::vector<float>{-1, 1, 2}));
  EXPECT_EQ(clip(true, false), (std::vector<float>{-1, 1, 5}));
  EXPECT_EQ(clip(false, true), (std::vector<float>{-5, 1, 2}));
}

TEST(NaiveFloat, SoftmaxSumsToOneAlongItsAxisAndSurvivesLargeInputs) {
  GraphBuilder builder;
  const auto y = run_one(
      builder, builder.float_node(Op::softmax, {builder.input({2, 2, 2})}, {2, 2, 2}, ir::AxisAttributes{1}),
      {floats({2, 2, 2}, {1000, 0, 1000, std::log(3.0f), 0, -200, 0, -200})});
  const std::vector<float> expected = {0.5f, 0.25f, 0.5f, 0.75f, 0.5f, 0.5f, 0.5f, 0.5f};
  for (std::size_t i = 0; i < 8; ++i) EXPECT_FLOAT_EQ(y[i], expected[i]) << i;
}

TEST(NaiveFloat, BatchNormalizationIsAffinePerChannel) {
  GraphBuilder builder;
  const auto parameter = [&](float a, float b) { return builder.constant(floats({2}, {a, b})); };
  const auto y = builder.float_node(
      Op::batch_normalization,
      {builder.input({1, 2, 1, 2}), parameter(2, 3), parameter(1, 0), parameter(4, 1), parameter(4, 9)},
      {1, 2, 1, 2});
  // 2 (x - 4) / 2 + 1 and 3 (x - 1) / 3
  EXPECT_EQ(run_one(builder, y, {floats({1, 2, 1, 2}, {4, 6, 1, 5})}), (std::vector<float>{1, 3, 0, 4}));
}

TEST(NaiveFloat, TransposeMovesEachElementToItsPermutedPlace) {
  Random random(7);
  const Tensor x = random.whole<float>({2, 3, 4, 5}, -99, 99);
  GraphBuilder builder;
  const auto y = run_one(builder,
                         builder.float_node(Op::transpose, {builder.input({2, 3, 4, 5})}, {4, 2, 5, 3},
                                            ir::TransposeAttributes{{2, 0, 3, 1}}),
                         {x});
  for (std::size_t a = 0; a < 2; ++a)
    for (std::size_t b = 0; b < 3; ++b)
      for (std::size_t c = 0; c < 4; ++c)
        for (std::size_t d = 0; d < 5; ++d)
          ASSERT_EQ(y[((c * 2 + a) * 5 + d) * 3 + b], x.data<float>()[((a * 3 + b) * 4 + c) * 5 + d]);
}

TEST(NaiveFloat, GatherPicksRowsAlongAnyAxisAndCountsNegativeIndicesFromTheEnd) {
  const std::vector<std::int64_t> indices = {2, -3, -1};
  GraphBuilder builder;
  const auto y = builder.float_node(Op::gather, {builder.input({2, 3}), builder.input({3}, DType::i64)},
                                    {2, 3}, ir::AxisAttributes{1});
  EXPECT_EQ(run_one(builder, y, {floats({2, 3}, {1, 2, 3, 4, 5, 6}), Tensor::of<std::int64_t>({3}, indices)}),
            (std::vector<float>{3, 1, 3, 6, 4, 6}));
}

TEST(NaiveFloat, ReshapeLikeOperatorsKeepTheOrderOfElements) {
  for (const Op op : {Op::reshape, Op::squeeze, Op::unsqueeze, Op::flatten}) {
    GraphBuilder builder;
    const ir::Shape from = op == Op::squeeze ? ir::Shape{1, 2, 3} : ir::Shape{2, 3};
    const ir::Shape to = op == Op::unsqueeze ? ir::Shape{1, 2, 3} : ir::Shape{2, 3};
    ir::Attributes attributes;
    if (op == Op::flatten) attributes = ir::AxisAttributes{1};
    const auto y = builder.float_node(op, {builder.input(from)}, to, attributes);
    EXPECT_EQ(run_one(builder, y, {floats(from, {1, 2, 3, 4, 5, 6})}),
              (std::vector<float>{1, 2, 3, 4, 5, 6}));
  }
}

TEST(NaiveFloat, ObserverSeesEveryValueOnceInOrderEvenThoseNobodyReads) {
  GraphBuilder builder;
  const auto x = builder.input({2});
  const auto a = builder.float_node(Op::relu, {x}, {2});
  const auto unread = builder.float_node(Op::tanh, {a}, {2});
  const auto b = builder.float_node(Op::add, {a, a}, {2});
  const ir::Graph graph = builder.finish({b});
  reference::Naive naive;
  reference::OneDnn onednn;
  for (compiler::FloatRunner* runner :
       {static_cast<compiler::FloatRunner*>(&naive), static_cast<compiler::FloatRunner*>(&onednn)}) {
    std::vector<ir::ValueId> seen;
    std::vector<float> sums;
    const auto outputs = runner->run(graph, {floats({2}, {-1, 3})},
                                     {[&](ir::ValueId id, const Tensor& t) {
                                        seen.push_back(id);
                                        if (id == b) sums = elements(t);
                                      },
                                      {}});
    EXPECT_EQ(seen, (std::vector<ir::ValueId>{a, unread, b}));
    EXPECT_EQ(sums, (std::vector<float>{0, 6}));
    EXPECT_EQ(elements(outputs.at(0)), sums);
  }
}

}  // namespace
}  // namespace nnp
