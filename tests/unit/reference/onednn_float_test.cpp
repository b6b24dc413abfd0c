// SPDX-License-Identifier: Apache-2.0
// Rung 5: oneDNN against the naive loops in float. Whole numbers make sums exact in any order: then equality;
// real numbers get the bound of their own accumulation, n u sum|a b| with u = 2^-24.
#include <algorithm>
#include <cmath>
#include <map>

#include "host_runtime/reference/reference.h"
#include "tests/unit/reference/graph_builder.h"

namespace nnp {
namespace {

using ir::Op;
using ir::Tensor;
using testing::ConvCase;
using testing::GraphBuilder;
using testing::Random;

std::vector<float> elements(const Tensor& tensor) {
  return {tensor.data<float>().begin(), tensor.data<float>().end()};
}

void expect_equal(const ir::Graph& graph, const std::vector<Tensor>& inputs) {
  reference::Naive naive;
  reference::OneDnn onednn;
  const auto a = naive.run(graph, inputs), b = onednn.run(graph, inputs);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].shape(), b[i].shape());
    EXPECT_EQ(elements(a[i]), elements(b[i]));
  }
}

void expect_near(const ir::Graph& graph, const std::vector<Tensor>& inputs, double bound) {
  reference::Naive naive;
  reference::OneDnn onednn;
  const auto a = naive.run(graph, inputs), b = onednn.run(graph, inputs);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < a[i].size(); ++j)
      ASSERT_NEAR(static_cast<double>(a[i].data<float>()[j]), static_cast<double>(b[i].data<float>()[j]),
                  bound)
          << "output " << i << " element " << j;
}

TEST(OneDnnFloat, ConvolutionsOfWholeNumbersAreEqual) {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Random random(seed);
    const ConvCase c = random_conv(random);
    const bool biased = random.within(0, 1) == 0;
    const std::vector<ir::Clamp> clamps = {{}, {0, INFINITY}, {0, 6}, {-INFINITY, 3}};
    GraphBuilder builder;
    std::vector<ir::ValueId> inputs = {builder.input(c.x()),
                                       builder.constant(random.whole<float>(c.w(), -8, 8))};
    if (biased) inputs.push_back(builder.constant(random.whole<float>({c.K}, -50, 50)));
    const auto y = builder.float_node(Op::conv, inputs, c.y(), c.a,
                                      clamps[static_cast<std::size_t>(random.within(0, 3))]);
    expect_equal(builder.finish({y}), {random.whole<float>(c.x(), -8, 8)});
  }
}

TEST(OneDnnFloat, ConvolutionsOfRealNumbersStayWithinTheirAccumulationBound) {
  for (std::uint32_t seed = 100; seed < 120; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Random random(seed);
    ConvCase c = random_conv(random);
    c.C *= 16, c.K *= 4;
    const Tensor x = random.reals(c.x()), w = random.reals(c.w());
    const auto graph_of = [&](const Tensor& weights) {
      GraphBuilder builder;
      const auto y =
          builder.float_node(Op::conv, {builder.input(c.x()), builder.constant(weights)}, c.y(), c.a);
      return builder.finish({y});
    };
    const auto absolute = [](Tensor t) {
      for (float& e : t.data<float>()) e = std::abs(e);
      return t;
    };
    reference::Naive naive;
    reference::OneDnn onednn;
    const auto a = elements(naive.run(graph_of(w), {x}).at(0)),
               b = elements(onednn.run(graph_of(w), {x}).at(0));
    const auto sizes = elements(naive.run(graph_of(absolute(w)), {absolute(x)}).at(0));
    const double n = static_cast<double>(ir::element_count(c.w()) / c.K);
    for (std::size_t i = 0; i < a.size(); ++i)
      ASSERT_NEAR(static_cast<double>(a[i]), static_cast<double>(b[i]),
                  n * std::ldexp(1.01, -24) * static_cast<double>(sizes[i]) + 1e-30)
          << i;
  }
}

TEST(OneDnnFloat, KeptWeightsAndMoreThreadsChangeNoValueInAnyRun) {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Random random(seed);
    const ConvCase c = random_conv(random);
    GraphBuilder builder;
    const auto x = builder.input(c.x());
    const auto w = builder.constant(random.whole<float>(c.w(), -8, 8)),
               other = builder.constant(random.whole<float>(c.w(), -8, 8));
    const auto y = builder.float_node(Op::conv, {x, w}, c.y(), c.a),
               z = builder.float_node(Op::conv, {x, other}, c.y(), c.a),
               sum = builder.float_node(Op::add, {y, z}, c.y());
    const ir::Graph graph = builder.finish({y, sum});
    reference::OneDnn keeping(/*threads=*/2, /*keep_weights=*/true);
    for (int run = 0; run < 3; ++run) {
      const std::vector<Tensor> inputs = {random.whole<float>(c.x(), -8, 8)};
      const auto expected = reference::Naive().run(graph, inputs), got = keeping.run(graph, inputs);
      for (std::size_t i = 0; i < got.size(); ++i)
        EXPECT_EQ(elements(got[i]), elements(expected[i])) << "run " << run << " output " << i;
    }
  }
}

TEST(OneDnnFloat, TellsWhatRanByLoops) {
  GraphBuilder builder;
  const auto x = builder.input({4, 8});
  const auto turned = builder.float_node(Op::transpose, {x}, {8, 4}, ir::TransposeAttributes{{1, 0}}),
             y = builder.float_node(Op::relu, {turned}, {8, 4});
  const ir::Graph graph = builder.finish({y});
  reference::OneDnn onednn;
  Random random(1);
  onednn.run(graph, {random.whole<float>({4, 8}, -8, 8)});
  EXPECT_EQ(onednn.loops().nodes, 1u) << "oneDNN's table has relu, not transpose";
  EXPECT_GT(onednn.loops().seconds, 0);
  EXPECT_LE(onednn.loops().seconds, onednn.loops().of_seconds);
}

TEST(OneDnnFloat, ProductsOfWholeNumbersAreEqual) {
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Random random(seed);
    const std::int64_t M = random.within(1, 7), K = random.within(1, 50), N = random.within(1, 40);
    const bool ta = random.within(0, 1) == 0, tb = random.within(0, 1) == 0;
    const std::vector<ir::Shape> biases = {{N}, {1, N}, {M, 1}, {M, N}, {1}};
    const float alpha = random.within(0, 3) == 0 ? 2.0f : 1.0f;
    const Tensor bias = random.whole<float>(biases[static_cast<std::size_t>(random.within(0, 4))], -9, 9),
                 b = random.whole<float>(tb ? ir::Shape{N, K} : ir::Shape{K, N}, -9, 9);
    const ir::Shape a = ta ? ir::Shape{K, M} : ir::Shape{M, K};
    GraphBuilder builder;
    const auto y =
        builder.float_node(Op::gemm, {builder.input(a), builder.constant(b), builder.constant(bias)}, {M, N},
                           ir::GemmAttributes{alpha, 1, ta, tb}, {-100, 200});
    expect_equal(builder.finish({y}), {random.whole<float>(a, -9, 9)});
  }
}

TEST(OneDnnFloat, MatMulBroadcastsAsTheLoopsDo) {
  Random random(3);
  const std::vector<std::array<ir::Shape, 3>> cases = {{{{2, 3}, {3, 4}, {2, 4}}},
                                                       {{{5, 2, 3}, {3, 4}, {5, 2, 4}}},
                                                       {{{2, 1, 4, 3}, {5, 3, 2}, {2, 5, 4, 2}}},
                                                       {{{3}, {3, 2}, {2}}},
                                                       {{{2, 3}, {3}, {2}}}};
  for (const auto& [a, b, y] : cases) {
    GraphBuilder builder;
    const auto result = builder.float_node(Op::matmul, {builder.input(a), builder.input(b)}, y);
    expect_equal(builder.finish({result}), {random.whole<float>(a, -9, 9), random.whole<float>(b, -9, 9)});
  }
}

TEST(OneDnnFloat, PoolsAreEqualWhereSumsAreExact) {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Random random(seed);
    // Averages over 1, 2 or 4 elements are exact; maxima always.
    const bool is_max = random.within(0, 1) == 0;
    ir::PoolAttributes a{{random.within(1, 2), random.within(1, 2)},
                         {random.within(1, 3), random.within(1, 3)},
                         {0, 0, 0, 0},
                         random.within(0, 1) == 0,
                         random.within(0, 1) == 0};
    for (int i = 0; i < 4; ++i) a.pads[i] = random.within(0, a.kernel[i % 2] - 1);
    const std::int64_t C = random.within(1, 20), H = random.within(3, 7), W = random.within(3, 7);
    const auto positions = [&](int i, std::int64_t size) {
      const std::int64_t room = size + a.pads[i] + a.pads[i + 2] - a.kernel[i];
      std::int64_t count = room / a.strides[i] + 1;
      if (a.ceil_mode && room % a.strides[i] != 0 && count * a.strides[i] - a.pads[i] < size) ++count;
      return count;
    };
    GraphBuilder builder;
    const auto y = builder.float_node(is_max ? Op::max_pool : Op::average_pool, {builder.input({2, C, H, W})},
                                      {2, C, positions(0, H), positions(1, W)}, a);
    expect_equal(builder.finish({y}), {random.whole<float>({2, C, H, W}, -64, 64)});
  }
}

TEST(OneDnnFloat, BinaryOperatorsBroadcastAsTheLoopsDo) {
  Random random(9);
  const std::vector<std::array<ir::Shape, 3>> cases = {{{{2, 3, 4}, {2, 3, 4}, {2, 3, 4}}},
                                                       {{{2, 3, 4}, {4}, {2, 3, 4}}},
                                                       {{{3, 1}, {2, 3, 4}, {2, 3, 4}}},
                                                       {{{2, 1}, {1, 3}, {2, 3}}},
                                                       {{{2, 3}, {}, {2, 3}}}};
  for (const auto& [a, b, y] : cases)
    for (const Op op : {Op::add, Op::mul}) {
      GraphBuilder builder;
      const auto result = builder.float_node(op, {builder.input(a), builder.input(b)}, y, {},
                                             op == Op::add ? ir::Clamp{-5, 5} : ir::Clamp{});
      expect_equal(builder.finish({result}), {random.whole<float>(a, -9, 9), random.whole<float>(b, -9, 9)});
    }
}

TEST(OneDnnFloat, SmoothFunctionsAgreeToAFewRoundings) {
  Random random(4);
  for (const Op op : {Op::sigmoid, Op::tanh, Op::softmax, Op::batch_normalization}) {
    SCOPED_TRACE(ir::to_string(op));
    GraphBuilder builder;
    std::vector<ir::ValueId> inputs = {builder.input({2, 7, 3})};
    ir::Attributes attributes;
    if (op == Op::softmax) attributes = ir::AxisAttributes{1};
    if (op == Op::batch_normalization)
      for (int i = 0; i < 4; ++i) inputs.push_back(builder.constant(random.reals({7}, 0.5f, 2.0f)));
    const auto y = builder.float_node(op, inputs, {2, 7, 3}, attributes);
    // Results are below 16; eight roundings of that size.
    expect_near(builder.finish({y}), {random.reals({2, 7, 3}, -4, 4)}, 8 * std::ldexp(16.0, -24));
  }
}

TEST(OneDnnFloat, ClipAndReluAreEqual) {
  Random random(8);
  for (const bool clip : {false, true}) {
    GraphBuilder builder;
    std::vector<ir::ValueId> inputs = {builder.input({3, 5})};
    if (clip)
      for (const float bound : {-0.5f, 0.25f})
        inputs.push_back(builder.constant(Tensor::of<float>({}, std::vector<float>{bound})));
    const auto y = builder.float_node(clip ? Op::clip : Op::relu, inputs, {3, 5});
    expect_equal(builder.finish({y}), {random.reals({3, 5})});
  }
}

TEST(OneDnnFloat, LstmAgreesWithTheLoopsAndShowsTheSameCells) {
  const std::int64_t T = 5, B = 2, I = 7, H = 5;
  Random random(11);
  GraphBuilder builder;
  const auto y = builder.value({T, B, H}, ir::DType::f32), y_h = builder.value({1, B, H}, ir::DType::f32),
             y_c = builder.value({1, B, H}, ir::DType::f32);
  builder.node(Op::lstm,
               {builder.input({T, B, I}), builder.constant(random.reals({1, 4 * H, I})),
                builder.constant(random.reals({1, 4 * H, H})), builder.constant(random.reals({1, 8 * H})),
                ir::kNoValue, builder.input({1, B, H}), builder.input({1, B, H})},
               {y, y_h, y_c}, ir::LstmAttributes{H, 0});
  const ir::Graph graph = builder.finish({y, y_h, y_c});
  const std::vector<Tensor> inputs = {random.reals({T, B, I}), random.reals({1, B, H}),
                                      random.reals({1, B, H})};
  // A gate sums I + H + 2 terms of at most 1; gates are 1-Lipschitz, and c gathers at most 3 of them a step
  // (|c| < T + 1).
  const double bound =
      static_cast<double>(T) * 3 * static_cast<double>((I + H + 2) * (I + H + 2)) * std::ldexp(1.0, -24);
  expect_near(graph, inputs, bound);
  std::vector<float> cells[2];
  reference::Naive naive;
  reference::OneDnn onednn;
  naive.run(graph, inputs, {{}, [&](std::size_t, std::span<const float> c) {
                              cells[0].insert(cells[0].end(), c.begin(), c.end());
                            }});
  onednn.run(graph, inputs, {{}, [&](std::size_t, std::span<const float> c) {
                               cells[1].insert(cells[1].end(), c.begin(), c.end());
                             }});
  ASSERT_EQ(cells[0].size(), static_cast<std::size_t>(T * B * H));
  ASSERT_EQ(cells[1].size(), cells[0].size());
  for (std::size_t i = 0; i < cells[0].size(); ++i)
    EXPECT_NEAR(static_cast<double>(cells[0][i]), static_cast<double>(cells[1][i]), bound);
}

TEST(OneDnnFloat, ANetworkMixesPrimitivesAndLoopsInAnyLayout) {
  // conv (blocked layout) -> pool -> conv -> add of both branches -> global pool -> flatten (loops) -> gemm;
  // whole numbers.
  Random random(12);
  GraphBuilder builder;
  const auto x = builder.input({2, 3, 12, 12});
  const ir::ConvAttributes same{{3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, 1};
  const auto first =
      builder.float_node(Op::conv, {x, builder.constant(random.whole<float>({20, 3, 3, 3}, -2, 2))},
                         {2, 20, 12, 12}, same, {0, 100});
  const auto pooled = builder.float_node(Op::max_pool, {first}, {2, 20, 6, 6},
                                         ir::PoolAttributes{{2, 2}, {2, 2}, {0, 0, 0, 0}, false, false});
  const auto second = builder.float_node(
      Op::conv, {pooled, builder.constant(random.whole<float>({20, 20, 3, 3}, -2, 2))}, {2, 20, 6, 6}, same);
  const auto sum = builder.float_node(Op::add, {second, pooled}, {2, 20, 6, 6}, {}, {0, 500});
  const auto halved = builder.float_node(Op::average_pool, {sum}, {2, 20, 3, 3},
                                         ir::PoolAttributes{{2, 2}, {2, 2}, {0, 0, 0, 0}, false, false});
  const auto moved =
      builder.float_node(Op::transpose, {halved}, {2, 3, 3, 20}, ir::TransposeAttributes{{0, 2, 3, 1}});
  const auto flat = builder.float_node(Op::flatten, {moved}, {2, 180}, ir::AxisAttributes{1});
  const auto logits =
      builder.float_node(Op::gemm, {flat, builder.constant(random.whole<float>({180, 10}, -2, 2))}, {2, 10},
                         ir::GemmAttributes{});
  expect_equal(builder.finish({logits, sum, first}), {random.whole<float>({2, 3, 12, 12}, -4, 4)});
}

/// By value: the elements of every f32 value that a run shows, sorted.
std::map<ir::ValueId, std::vector<float>> shown(compiler::FloatRunner& runner, const ir::Graph& graph,
                                                const std::vector<Tensor>& inputs, bool tensors_too) {
  std::map<ir::ValueId, std::vector<float>> seen;
  compiler::FloatRunner::Observer observer;
  if (tensors_too) observer.see = [](ir::ValueId, const Tensor&) {};
  observer.see_elements = [&](ir::ValueId id, std::span<const float> elements) {
    EXPECT_TRUE(seen.try_emplace(id, elements.begin(), elements.end()).second) << "value " << id << " twice";
  };
  runner.run(graph, inputs, observer);
  for (auto& [id, elements] : seen) std::ranges::sort(elements);
  return seen;
}

TEST(OneDnnFloat, ShowsEachElementOnceInWhateverLayout) {
  for (const std::int64_t channels : {16, 20, 3}) {  // whole blocks of oneDNN's, and blocks with padding
    Random random(14);
    GraphBuilder builder;
    const auto x = builder.input({2, 5, 8, 8});
    const ir::ConvAttributes same{{3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, 1};
    const auto conv =
        builder.float_node(Op::conv, {x, builder.constant(random.whole<float>({channels, 5, 3, 3}, -2, 2))},
                           {2, channels, 8, 8}, same);
    const auto pooled = builder.float_node(Op::max_pool, {conv}, {2, channels, 4, 4},
                                           ir::PoolAttributes{{2, 2}, {2, 2}, {0, 0, 0, 0}, false, false});
    const auto moved = builder.float_node(Op::transpose, {pooled}, {2, 4, 4, channels},
                                          ir::TransposeAttributes{{0, 2, 3, 1}});
    const ir::Graph graph = builder.finish({moved});
    const std::vector<Tensor> inputs = {random.whole<float>({2, 5, 8, 8}, -4, 4)};
    reference::Naive naive;
    reference::OneDnn onednn;
    const auto expected = shown(naive, graph, inputs, false);
    EXPECT_EQ(expected.size(), graph.nodes.size());
    EXPECT_EQ(shown(onednn, graph, inputs, false), expected) << channels << " channels";
    EXPECT_EQ(shown(onednn, graph, inputs, true), expected) << channels << " channels, with tensors";
  }
}

TEST(OneDnnFloat, VersionIsTheOneDebianHas) { EXPECT_EQ(reference::OneDnn::version().substr(0, 2), "2."); }

}  // namespace
}  // namespace nnp
