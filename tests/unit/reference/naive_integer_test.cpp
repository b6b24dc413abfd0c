// SPDX-License-Identifier: Apache-2.0
// Rung 1: the integer meaning of docs/guide/numerics.md, restated here in plain scalar code over real
// zero-padded images.
#include <cmath>

#include "host_runtime/reference/reference.h"
#include "tests/unit/reference/graph_builder.h"

namespace nnp {
namespace {

using ir::DType;
using ir::Op;
using ir::Tensor;
using testing::code_at;
using testing::ConvCase;
using testing::GraphBuilder;
using testing::quant;
using testing::Random;

struct Range {
  std::int64_t lo, hi;
};
Range range_of(DType type) {
  return type == DType::u8 ? Range{0, 255} : type == DType::s8 ? Range{-128, 127} : Range{-32768, 32767};
}

// clamp(rint(product) + zero), narrowed by the real bounds of a clamp.
std::int64_t finish(float product, const ir::QuantParams& y, DType type, ir::Clamp clamp = {}) {
  const Range range = range_of(type);
  const auto bound = [&](float real) {
    return std::nearbyint(static_cast<double>(real) / static_cast<double>(y.scale[0])) + y.zero_point;
  };
  double lo = static_cast<double>(range.lo), hi = static_cast<double>(range.hi);
  if (clamp.active())
    lo = std::max(lo, std::min(hi, bound(clamp.lo))), hi = std::min(hi, std::max(lo, bound(clamp.hi)));
  return static_cast<std::int64_t>(
      std::min(hi, std::max(lo, static_cast<double>(std::nearbyint(product)) + y.zero_point)));
}

float ratio(double numerator, double denominator) { return static_cast<float>(numerator / denominator); }

std::vector<std::int64_t> codes(const Tensor& tensor) {
  std::vector<std::int64_t> result;
  for (std::size_t i = 0; i < tensor.size(); ++i) result.push_back(code_at(tensor, i));
  return result;
}

std::vector<std::int64_t> run_one(const ir::Graph& graph, const std::vector<Tensor>& inputs) {
  reference::Naive naive;
  return codes(naive.run(graph, inputs).at(0));
}

DType pick_type(Random& random) {
  return std::vector<DType>{DType::u8, DType::s8, DType::s16}[static_cast<std::size_t>(random.within(0, 2))];
}
std::int32_t pick_zero(Random& random, DType type) {
  return type == DType::s16 ? 0
                            : static_cast<std::int32_t>(random.within(range_of(type).lo, range_of(type).hi));
}

TEST(NaiveInteger, ConvolutionEqualsSevenLoopsOverRandomGeometryTypesAndZeroPoints) {
  for (std::uint32_t seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Random random(seed);
    const ConvCase c = random_conv(random);
    const DType in = pick_type(random), out = pick_type(random);
    const ir::QuantParams sx = quant(random.real(0.001f, 0.1f), pick_zero(random, in)),
                          sy = quant(random.real(0.1f, 2.0f), pick_zero(random, out));
    ir::QuantParams sw{{}, 0, 0};
    for (std::int64_t k = 0; k < c.K; ++k) sw.scale.push_back(random.real(0.001f, 0.1f));
    const Tensor x = random.codes(in, c.x()), w = random.codes<std::int8_t>(c.w()),
                 bias = random.whole<std::int32_t>({c.K}, -100000, 100000);
    const ir::Clamp clamp = random.within(0, 1) == 0 ? ir::Clamp{} : ir::Clamp{-3.0f, 40.0f};
    GraphBuilder builder;
    const auto y = builder.code_node(
        Op::conv, {builder.input(c.x(), in, sx), builder.constant(w, sw), builder.constant(bias)}, c.y(), out,
        sy, c.a, clamp);
    const ir::Graph graph = builder.finish({y});

    std::vector<std::int64_t> sums(static_cast<std::size_t>(c.N * c.P * c.Q * c.K)),
        real_sums(sums.size());  // [m, k]: padded with z; centred, zero outside
    seven_loops(c, [&](auto n, auto k, auto p, auto q, bool inside, std::size_t xi, std::size_t wi) {
      const auto at = static_cast<std::size_t>(((n * c.P + p) * c.Q + q) * c.K + k);
      const std::int64_t code = inside ? code_at(x, xi) : sx.zero_point, weight = code_at(w, wi);
      sums[at] += code * weight, real_sums[at] += (code - sx.zero_point) * weight;
    });
    std::vector<std::int64_t> expected(sums.size());
    for (std::size_t m = 0; m < sums.size() / static_cast<std::size_t>(c.K); ++m)
      for (std::size_t k = 0; k < static_cast<std::size_t>(c.K); ++k) {
        const auto image = static_cast<std::size_t>(c.P * c.Q);
        const float scale = ratio(static_cast<double>(sx.scale[0]) * static_cast<double>(sw.scale[k]),
                                  static_cast<double>(sy.scale[0]));
        const float product =
            static_cast<float>(real_sums[m * static_cast<std::size_t>(c.K) + k] + code_at(bias, k)) * scale;
        expected[(m / image * static_cast<std::size_t>(c.K) + k) * image + m % image] =
            finish(product, sy, out, clamp);
      }
    EXPECT_EQ(run_one(graph, {x}), expected);
    const Tensor raw = reference::accumulators(graph, graph.nodes[0], {x});
    EXPECT_EQ(raw.shape(), (ir::Shape{c.N * c.P * c.Q, c.K}));
    EXPECT_EQ(codes(raw), sums);
  }
}

TEST(NaiveInteger, ProductsEqualTheTripleLoop) {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Random random(seed);
    const std::int64_t M = random.within(1, 9), K = random.within(1, 70), N = random.within(1, 40);
    const bool matmul = random.within(0, 1) == 0, transposed = !matmul && random.within(0, 1) == 0;
    const DType in = pick_type(random), out = pick_type(random);
    const ir::QuantParams sx = quant(0.02f, pick_zero(random, in)), sy = quant(0.9f, pick_zero(random, out)),
                          sw{{0.013f}, 0, -1};
    const ir::Shape rows = matmul ? ir::Shape{1, M} : ir::Shape{M};
    const auto with = [&](std::int64_t columns) {
      ir::Shape s = rows;
      s.push_back(columns);
      return s;
    };
    const Tensor x = random.codes(in, with(K)),
                 w = random.codes<std::int8_t>(transposed ? ir::Shape{N, K} : ir::Shape{K, N});
    GraphBuilder builder;
    const ir::Attributes attributes =
        matmul ? ir::Attributes{} : ir::Attributes{ir::GemmAttributes{1, 1, false, transposed}};
    const auto y = builder.code_node(matmul ? Op::matmul : Op::gemm,
                                     {builder.input(with(K), in, sx), builder.constant(w, sw)}, with(N), out,
                                     sy, attributes);
    const ir::Graph graph = builder.finish({y});
    std::vector<std::int64_t> sums, expected;
    for (std::int64_t m = 0; m < M; ++m)
      for (std::int64_t n = 0; n < N; ++n) {
        std::int64_t sum = 0, centred = 0;
        for (std::int64_t k = 0; k < K; ++k) {
          const std::int64_t code = code_at(x, static_cast<std::size_t>(m * K + k)),
                             weight =
                                 code_at(w, static_cast<std::size_t>(transposed ? n * K + k : k * N + n));
          sum += code * weight, centred += (code - sx.zero_point) * weight;
        }
        sums.push_back(sum);
        const float scale = ratio(static_cast<double>(sx.scale[0]) * static_cast<double>(sw.scale[0]),
                                  static_cast<double>(sy.scale[0]));
        expected.push_back(finish(static_cast<float>(centred) * scale, sy, out));
      }
    EXPECT_EQ(run_one(graph, {x}), expected);
    const Tensor raw = reference::accumulators(graph, graph.nodes[0], {x});
    EXPECT_EQ(raw.shape(), (ir::Shape{M, N}));
    EXPECT_EQ(codes(raw), sums);
  }
}

TEST(NaiveInteger, AddAndMulFollowTheirFormulasForMixedTypesAndBroadcasting) {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Random random(seed);
    const bool wide = random.within(0, 2) == 0, is_add = random.within(0, 1) == 0;
    const auto type = [&] { return wide ? DType::s16 : random.within(0, 1) == 0 ? DType::u8 : DType::s8; };
    const DType ta = type(), tb = type(), ty = type();
    const ir::QuantParams a = quant(random.real(0.01f, 0.1f), pick_zero(random, ta)),
                          b = quant(random.real(0.01f, 0.1f), pick_zero(random, tb)),
                          y = quant(random.real(0.05f, 0.2f), pick_zero(random, ty));
    const Tensor xa = random.codes(ta, {2, 5, 3}), xb = random.codes(tb, {5, 1});
    const ir::Clamp clamp = is_add ? ir::Clamp{0.0f, 6.0f} : ir::Clamp{};
    GraphBuilder builder;
    const auto result = builder.code_node(is_add ? Op::add : Op::mul,
                                          {builder.input({2, 5, 3}, ta, a), builder.input({5, 1}, tb, b)},
                                          {2, 5, 3}, ty, y, {}, clamp);
    const double sa = static_cast<double>(a.scale[0]), sb = static_cast<double>(b.scale[0]),
                 sy = static_cast<double>(y.scale[0]);
    std::vector<std::int64_t> expected;
    for (std::size_t i = 0; i < 30; ++i) {
      const std::int64_t left = code_at(xa, i) - a.zero_point, right = code_at(xb, i / 3 % 5) - b.zero_point;
      const float first = static_cast<float>(left) * ratio(sa, sy),
                  second = static_cast<float>(right) * ratio(sb, sy);
      expected.push_back(finish(
          is_add ? first + second : static_cast<float>(left * right) * ratio(sa * sb, sy), y, ty, clamp));
    }
    EXPECT_EQ(run_one(builder.finish({result}), {xa, xb}), expected);
  }
}

TEST(NaiveInteger, EightBitActivationsAreTheRoundedFunctionOfEveryCode) {
  const std::vector<std::pair<Op, std::function<double(double)>>> cases = {
      {Op::relu, [](double v) { return std::max(v, 0.0); }},
      {Op::clip, [](double v) { return std::min(std::max(v, -0.75), 1.5); }},
      {Op::sigmoid, [](double v) { return 1 / (1 + std::exp(-v)); }},
      {Op::tanh, [](double v) { return std::tanh(v); }}};
  for (const DType type : {DType::u8, DType::s8})
    for (const auto& [op, f] : cases) {
      const ir::QuantParams in = quant(0.03f, type == DType::u8 ? 110 : -7),
                            out = quant(0.01f, type == DType::u8 ? 100 : 3);
      Tensor x(type, {256});
      for (std::size_t i = 0; i < 256; ++i) x.bytes()[i] = static_cast<std::uint8_t>(i);
      GraphBuilder builder;
      std::vector<ir::ValueId> inputs = {builder.input({256}, type, in)};
      if (op == Op::clip)
        for (const float bound : {-0.75f, 1.5f})
          inputs.push_back(builder.constant(Tensor::of<float>({}, std::vector<float>{bound})));
      const auto y = builder.code_node(op, inputs, {256}, type, out);
      std::vector<std::int64_t> expected;
      for (std::size_t i = 0; i < 256; ++i) {
        const double real =
            static_cast<double>(in.scale[0]) * static_cast<double>(code_at(x, i) - in.zero_point);
        const Range range = range_of(type);
        const double code = std::nearbyint(f(real) / static_cast<double>(out.scale[0])) + out.zero_point;
        expected.push_back(static_cast<std::int64_t>(
            std::min(static_cast<double>(range.hi), std::max(static_cast<double>(range.lo), code))));
      }
      EXPECT_EQ(run_one(builder.finish({y}), {x}), expected)
          << ir::to_string(op) << ' ' << ir::to_string(type);
    }
}

TEST(NaiveInteger, SixteenBitSigmoidAndTanhInterpolateWithinOneCodeOfTheChordError) {
  // The chord of a function of second derivative at most D over steps of width s is off by at most D s^2 / 8;
  // then two roundings.
  for (const Op op : {Op::sigmoid, Op::tanh}) {
    const double in_scale = 1.0 / 4096, out_scale = 1.0 / 32768;
    GraphBuilder builder;
    const auto y =
        builder.code_node(op, {builder.input({65536}, DType::s16, quant(static_cast<float>(in_scale)))},
                          {65536}, DType::s16, quant(static_cast<float>(out_scale)));
    Tensor x(DType::s16, {65536});
    for (int i = 0; i < 65536; ++i)
      x.data<std::int16_t>()[static_cast<std::size_t>(i)] = static_cast<std::int16_t>(i - 32768);
    const auto result = run_one(builder.finish({y}), {x});
    const double curvature = op == Op::sigmoid ? 0.0963 : 0.7699,
                 bound = curvature * 128 * in_scale * 128 * in_scale / 8 / out_scale + 1.0;
    for (std::size_t i = 0; i < 65536; ++i) {
      const double real = in_scale * (static_cast<double>(i) - 32768),
                   f = op == Op::sigmoid ? 1 / (1 + std::exp(-real)) : std::tanh(real);
      ASSERT_NEAR(static_cast<double>(result[i]), std::min(f / out_scale, 32767.0), bound) << "code " << i;
    }
  }
}

TEST(NaiveInteger, PoolsFollowTheirFormulasOverRandomGeometry) {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Random random(seed);
    ir::PoolAttributes a{{random.within(1, 3), random.within(1, 3)},
                         {random.within(1, 3), random.within(1, 3)},
                         {0, 0, 0, 0},
                         false,
                         random.within(0, 1) == 0};
    for (int i = 0; i < 4; ++i) a.pads[i] = random.within(0, a.kernel[i % 2] - 1);
    const std::int64_t C = random.within(1, 20), H = random.within(3, 7), W = random.within(3, 7);
    const std::int64_t P = (H + a.pads[0] + a.pads[2] - a.kernel[0]) / a.strides[0] + 1,
                       Q = (W + a.pads[1] + a.pads[3] - a.kernel[1]) / a.strides[1] + 1;
    const DType type = pick_type(random);
    const bool is_max = random.within(0, 1) == 0;
    const ir::QuantParams sx = quant(0.05f, pick_zero(random, type)),
                          sy = is_max ? sx : quant(random.real(0.03f, 0.09f), pick_zero(random, type));
    const Tensor x = random.codes(type, {2, C, H, W});
    GraphBuilder builder;
    const auto y = builder.code_node(is_max ? Op::max_pool : Op::average_pool,
                                     {builder.input({2, C, H, W}, type, sx)}, {2, C, P, Q}, type, sy, a);
    std::vector<std::int64_t> expected;
    for (std::int64_t plane = 0; plane < 2 * C; ++plane)
      for (std::int64_t p = 0; p < P; ++p)
        for (std::int64_t q = 0; q < Q; ++q) {
          std::int64_t largest = -100000, sum = 0, inside = 0;
          for (std::int64_t h = std::max<std::int64_t>(0, p * a.strides[0] - a.pads[0]);
               h < std::min(H, p * a.strides[0] - a.pads[0] + a.kernel[0]); ++h)
            for (std::int64_t v = std::max<std::int64_t>(0, q * a.strides[1] - a.pads[1]);
                 v < std::min(W, q * a.strides[1] - a.pads[1] + a.kernel[1]); ++v) {
              const std::int64_t code = code_at(x, static_cast<std::size_t>((plane * H + h) * W + v));
              largest = std::max(largest, code), sum += code - sx.zero_point, ++inside;
            }
          const auto count = static_cast<float>(a.count_include_pad ? a.kernel[0] * a.kernel[1] : inside);
          const float scale =
              ratio(static_cast<double>(sx.scale[0]), static_cast<double>(sy.scale[0])) / count;
          expected.push_back(is_max ? largest : finish(static_cast<float>(sum) * scale, sy, type));
        }
    EXPECT_EQ(run_one(builder.finish({y}), {x}), expected);
  }
}

TEST(NaiveInteger, QuantizeRoundsHalfToEvenAndSaturatesAndDequantizeInverts) {
  GraphBuilder builder;
  const auto q =
      builder.code_node(Op::quantize_linear, {builder.input({6})}, {6}, DType::u8, quant(0.5f, 10));
  const auto back = builder.float_node(Op::dequantize_linear, {q}, {6});
  reference::Naive naive;
  const auto outputs =
      naive.run(builder.finish({q, back}),
                {Tensor::of<float>({6}, std::vector<float>{0.25f, 0.75f, -0.25f, 1000, -1000, 3})});
  EXPECT_EQ(codes(outputs[0]), (std::vector<std::int64_t>{10, 12, 10, 255, 0, 16}));
  const auto reals = outputs[1].data<float>();
  EXPECT_EQ((std::vector<float>{reals.begin(), reals.end()}), (std::vector<float>{0, 1, 0, 122.5f, -5, 3}));
}

TEST(NaiveInteger, DequantizeUsesTheScaleOfEachChannel) {
  GraphBuilder builder;
  const auto weights = builder.constant(Tensor::of<std::int8_t>({2, 2}, std::vector<std::int8_t>{1, 2, 3, 4}),
                                        ir::QuantParams{{10.0f, 100.0f}, 0, 0});
  reference::Naive naive;
  const auto reals =
      naive.run(builder.finish({builder.float_node(Op::dequantize_linear, {weights}, {2, 2})}), {}).at(0);
  EXPECT_EQ((std::vector<float>{reals.data<float>().begin(), reals.data<float>().end()}),
            (std::vector<float>{10, 20, 300, 400}));
}

}  // namespace
}  // namespace nnp
