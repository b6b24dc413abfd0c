// SPDX-License-Identifier: Apache-2.0
// The derived integer parameters against the formulas of docs/guide/numerics.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "compiler/ir/quantized_recurrent.h"
#include "tests/unit/numerics/graph_builder.h"

namespace nnp::ir {
namespace {

TEST(OutputRange, IsTheTypesRangeNarrowedByTheClamp) {
  Graph g = integer_network();
  Node& conv = g.nodes[1];  // y: u8, scale 0.05, zero point 3, clamp [0, 6]
  auto range = output_range(g, conv);
  EXPECT_EQ(range.zero_point, 3);
  EXPECT_EQ(range.lo, 3);
  EXPECT_EQ(range.hi, 123);  // rint(6 / 0.05) + 3
  conv.clamp = {0.0F, std::numeric_limits<float>::infinity()};
  EXPECT_EQ(output_range(g, conv).hi, 255);
  conv.clamp = {-100.0F, 100.0F};
  EXPECT_EQ(output_range(g, conv).lo, 0);
  EXPECT_EQ(output_range(g, conv).hi, 255);
  conv.clamp = {50.0F, 60.0F};  // above every code
  EXPECT_EQ(output_range(g, conv).lo, 255);
  EXPECT_EQ(output_range(g, conv).hi, 255);
  conv.clamp = {};
  EXPECT_EQ(output_range(g, conv).lo, 0);
  EXPECT_EQ(output_range(g, g.nodes[5]).lo, -128);
  EXPECT_EQ(output_range(g, g.nodes[5]).hi, 127);
  EXPECT_EQ(output_range(g, g.nodes[5]).zero_point, -5);
}

TEST(ChannelParams, FoldTheSourcesZeroPointIntoTheBias) {
  const Graph g = integer_network();
  const auto params = channel_params(g, g.nodes[1]);
  ASSERT_EQ(params.size(), 6u);
  const auto weights = g.values[2].constant->data<std::int8_t>();
  for (std::size_t n = 0; n < 6; ++n) {
    std::int64_t sum = 0;
    for (std::size_t k = 0; k < 18; ++k) sum += weights[n * 18 + k];
    EXPECT_EQ(params[n].bias, g.values[3].constant->data<std::int32_t>()[n] - 7 * sum) << n;
    EXPECT_EQ(params[n].scale,
              static_cast<float>(double{0.02F} * double{g.values[2].quant->scale[n]} / double{0.05F}))
        << n;
  }
}

TEST(ChannelParams, OfGemmSumColumnsAndOfTransposedGemmRows) {
  Graph g = integer_network();
  const auto straight = channel_params(g, g.nodes[5]);  // [36, 10], one scale, no bias, zero point 1
  ASSERT_EQ(straight.size(), 10u);
  const auto codes = g.values[8].constant->data<std::int8_t>();
  std::vector<std::int8_t> turned(360);
  for (std::size_t n = 0; n < 10; ++n) {
    std::int32_t sum = 0;
    for (std::size_t k = 0; k < 36; ++k) sum += codes[k * 10 + n], turned[n * 36 + k] = codes[k * 10 + n];
    EXPECT_EQ(straight[n].bias, -sum);
    EXPECT_EQ(straight[n].scale, static_cast<float>(double{0.09F} * double{0.004F} / double{0.3F}));
  }
  g.values[8].constant = Tensor::of<std::int8_t>({10, 36}, turned);
  g.values[8].shape = {10, 36};
  std::get<GemmAttributes>(g.nodes[5].attributes).transpose_b = true;
  ASSERT_EQ(verify(g), std::vector<std::string>{});
  const auto transposed = channel_params(g, g.nodes[5]);
  for (std::size_t n = 0; n < 10; ++n) EXPECT_EQ(transposed[n].bias, straight[n].bias);
}

TEST(ChannelParams, MakeTheIntegerResultFollowTheRealOne) {
  // Real arithmetic on dequantised codes, within half a step of the output.
  const Graph g = integer_network();
  const auto params = channel_params(g, g.nodes[5]);
  const auto range = output_range(g, g.nodes[5]);
  const auto codes = g.values[8].constant->data<std::int8_t>();
  for (std::size_t n = 0; n < 10; ++n) {
    std::int32_t acc = 0;
    double real = 0;
    for (std::size_t k = 0; k < 36; ++k) {
      const auto x = static_cast<std::int32_t>((k * 37 + n) % 23);
      acc += x * codes[k * 10 + n];
      real += double{0.09F} * (x - 1) * double{0.004F} * codes[k * 10 + n];
    }
    std::int8_t y = 0;
    numerics::kernels(numerics::Level::scalar).requantize_s8(&acc, &params[n], &y, 1, range);
    const double expected = std::clamp(real, double{0.3F} * (-128 + 5), double{0.3F} * (127 + 5));
    EXPECT_NEAR(double{0.3F} * (y + 5), expected, 0.3 * 0.501) << n;
  }
}

TEST(ChannelParams, RefuseWeightsThatAreNotConstant) {
  Graph g = integer_network();
  g.values[8].constant.reset();
  EXPECT_THROW(channel_params(g, g.nodes[5]), std::logic_error);
  EXPECT_THROW(channel_params(g, g.nodes[3]), std::logic_error);
}

TEST(BinaryParams, HoldRatiosOfScales) {
  Graph g;
  const auto a = add_codes(g, "a", DType::u8, {4}, 0.3F, 9), b = add_codes(g, "b", DType::s8, {4}, 0.7F, -3),
             y = add_codes(g, "y", DType::u8, {4}, 0.11F, 5);
  const auto sum = binary_params(g, add_node(g, Op::add, {a, b}, {y}));
  EXPECT_EQ(sum.a.scale, static_cast<float>(double{0.3F} / double{0.11F}));
  EXPECT_EQ(sum.b.scale, static_cast<float>(double{0.7F} / double{0.11F}));
  EXPECT_EQ(sum.a.zero_point, 9);
  EXPECT_EQ(sum.b.zero_point, -3);
  const auto product = binary_params(g, add_node(g, Op::mul, {a, b}, {y}));
  EXPECT_EQ(product.a.scale, static_cast<float>(double{0.3F} * double{0.7F} / double{0.11F}));
  EXPECT_EQ(product.b.zero_point, -3);
  EXPECT_THROW(binary_params(g, add_node(g, Op::relu, {a}, {y})), std::out_of_range);
}

Graph activation(Op op, DType from, DType to, float in_scale, std::int32_t in_zero, float out_scale,
                 std::int32_t out_zero) {
  Graph g;
  const auto x = add_codes(g, "x", from, {4}, in_scale, in_zero),
             y = add_codes(g, "y", to, {4}, out_scale, out_zero);
  g.inputs = {x}, g.outputs = {y};
  add_node(g, op, {x}, {y});
  return g;
}

TEST(Table8, HoldsTheFunctionOfEveryCode) {
  const struct {
    Op op;
    double (*function)(double);
  } kCases[] = {{Op::relu, [](double x) { return x > 0 ? x : 0; }},
                {Op::sigmoid, [](double x) { return 1 / (1 + std::exp(-x)); }},
                {Op::tanh, [](double x) { return std::tanh(x); }}};
  for (const auto& c : kCases) {
    for (const DType from : {DType::u8, DType::s8}) {
      for (const DType to : {DType::u8, DType::s8}) {
        const Graph g = activation(c.op, from, to, 0.04F, 17, 0.0078125F, 2);
        ASSERT_EQ(verify(g), std::vector<std::string>{});
        const auto table = table8(g, g.nodes[0]);
        ASSERT_EQ(table.size(), 256u);
        const auto range = type_range(to);
        for (int byte = 0; byte < 256; ++byte) {
          const int q = from == DType::s8 && byte > 127 ? byte - 256 : byte;
          const double y =
              c.function(double{0.04F} * (q - 17)) / 0.0078125 + 2;  // the step is exact, ties aside
          const std::uint8_t entry = table[static_cast<std::size_t>(byte)];
          const int code = to == DType::s8 && entry > 127 ? entry - 256 : entry;
          ASSERT_GE(code, range.lo);
          ASSERT_LE(code, range.hi);
          ASSERT_LE(std::fabs(code - std::clamp(y, double(range.lo), double(range.hi))), 0.5)
              << to_string(c.op) << " " << byte;
        }
      }
    }
  }
}

TEST(Table8, OfClipTakesItsBoundsFromClampOrInputs) {
  Graph g = activation(Op::clip, DType::u8, DType::u8, 0.1F, 0, 0.1F, 0);
  g.nodes[0].clamp = {1.0F, 6.0F};
  const auto by_clamp = table8(g, g.nodes[0]);
  EXPECT_EQ(by_clamp[0], 10);
  EXPECT_EQ(by_clamp[33], 33);
  EXPECT_EQ(by_clamp[255], 60);
  g.nodes[0].clamp = {};
  g.nodes[0].inputs.push_back(add_constant(g, "min", {}, std::vector<float>{1}));
  g.nodes[0].inputs.push_back(add_constant(g, "max", {}, std::vector<float>{6}));
  ASSERT_EQ(verify(g), std::vector<std::string>{});
  EXPECT_EQ(table8(g, g.nodes[0]), by_clamp);
}

TEST(Table16, SamplesTheFunctionEvery128Codes) {
  const double in = kGateInScale, out = kGateOutScale;
  const auto sigmoid = table16(Function16::sigmoid, in, out), tanh = table16(Function16::tanh, in, out);
  ASSERT_EQ(sigmoid.size(), numerics::kTable16Entries);
  EXPECT_EQ(sigmoid[256], 16384);
  EXPECT_EQ(tanh[256], 0);
  EXPECT_EQ(tanh[512], 32767);
  EXPECT_EQ(tanh[0], -32767);
  for (std::size_t i = 0; i < 513; ++i) {
    const double x = in * (128.0 * static_cast<double>(i) - 32768);
    ASSERT_LE(std::fabs(sigmoid[i] - std::min(1 / (1 + std::exp(-x)) / out, 32767.0)), 0.5) << i;
    ASSERT_LE(std::fabs(tanh[i] - std::clamp(std::tanh(x) / out, -32767.0, 32767.0)), 0.5) << i;
    ASSERT_EQ(tanh[i], -tanh[512 - i]) << "tanh is odd";
  }
}

TEST(Table16, InterpolationErrsByTheCurvatureAtMost) {
  // Linear interpolation errs by at most h^2 / 8 max|f''|, h = 128 / 4096, |sigmoid''| < 0.0963; rounding
  // adds entry and result.
  const auto table = table16(Function16::sigmoid, kGateInScale, kGateOutScale);
  const double bound = std::pow(128 * kGateInScale, 2) / 8 * 0.0963 / kGateOutScale + 1.0;
  std::vector<std::int16_t> codes, y(65536);
  for (int q = -32768; q < 32768; ++q) codes.push_back(static_cast<std::int16_t>(q));
  numerics::lookup16(codes.data(), table.data(), y.data(), codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const double exact = std::min(32768 / (1 + std::exp(-codes[i] * kGateInScale)), 32767.0);
    ASSERT_LE(std::fabs(y[i] - exact), bound) << codes[i];
  }
}

TEST(LstmParams, FollowTheDefinition) {
  Graph g = integer_lstm();
  const RecurrentParams p = recurrent_params(g, g.nodes[0]);
  ASSERT_EQ(p.sums.size(), 12u);
  const auto bias = g.values[3].constant->data<std::int32_t>();
  for (std::size_t r = 0; r < 12; ++r) {
    EXPECT_EQ(p.sums[r].bias, bias[r] + bias[12 + r]);
    EXPECT_EQ(p.sums[r].scale, static_cast<float>(double{g.values[1].quant->scale[r]} / 16384 * 4096));
  }
  EXPECT_EQ(p.gate, std::ldexp(1.0F, -15));
  EXPECT_EQ(p.cell_from_input, std::ldexp(1.0F, -30 + 11));  // s_c = 2^-11
  EXPECT_EQ(p.hidden, std::ldexp(1.0F, -30 + 14));           // s = 2^-14
  EXPECT_EQ(p.tanh_cell, table16(Function16::tanh, 1.0 / 2048, kGateOutScale));
  EXPECT_EQ(p.tanh_gate, table16(Function16::tanh, kGateInScale, kGateOutScale));
  EXPECT_EQ(p.sigmoid, table16(Function16::sigmoid, kGateInScale, kGateOutScale));
}

TEST(LstmParams, TakeAJoinedBiasOrNone) {
  Graph g = integer_lstm();
  const auto whole = recurrent_params(g, g.nodes[0]);
  std::vector<std::int32_t> joined;
  for (const auto& gate : whole.sums) joined.push_back(gate.bias);
  g.nodes[0].inputs[3] = add_constant(g, "joined", {1, 12}, joined);
  ASSERT_EQ(verify(g), std::vector<std::string>{});
  for (std::size_t r = 0; r < 12; ++r) EXPECT_EQ(recurrent_params(g, g.nodes[0]).sums[r].bias, joined[r]);
  g.nodes[0].inputs[3] = kNoValue;
  for (const auto& gate : recurrent_params(g, g.nodes[0]).sums) EXPECT_EQ(gate.bias, 0);
}

TEST(GruParams, KeepTheTwoHalvesOfTheCandidatesBiasApartWhereTheResetIsLate) {
  Graph g = integer_gru();
  const auto bias = g.values[3].constant->data<std::int32_t>();
  const auto scale = [&](std::size_t row) {
    return static_cast<float>(double{g.values[1].quant->scale[row]} / 16384 * 4096);
  };
  const RecurrentParams late = recurrent_params(g, g.nodes[0]);
  ASSERT_EQ(late.sums.size(), 12u);  // z, r, the candidate's W x and R h
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(late.sums[i].bias, bias[i] + bias[9 + i]);
  for (std::size_t i = 6; i < 9; ++i) {
    EXPECT_EQ(late.sums[i].bias, bias[i]);
    EXPECT_EQ(late.sums[3 + i].bias, bias[9 + i]);
    EXPECT_EQ(late.sums[i].scale, scale(i));
    EXPECT_EQ(late.sums[3 + i].scale, scale(i));
  }
  std::get<RecurrentAttributes>(g.nodes[0].attributes).linear_before_reset = false;
  const RecurrentParams early = recurrent_params(g, g.nodes[0]);
  ASSERT_EQ(early.sums.size(), 9u);
  for (std::size_t i = 0; i < 9; ++i) EXPECT_EQ(early.sums[i].bias, bias[i] + bias[9 + i]);
  EXPECT_EQ(early.hidden, std::ldexp(1.0F, -30 + 14));  // s = 2^-14
  EXPECT_EQ(early.hidden_range.lo, -32768);
  g.nodes[0].clamp = {-0.5F, 0.25F};
  EXPECT_EQ(recurrent_params(g, g.nodes[0]).hidden_range.lo, -8192);
  EXPECT_EQ(recurrent_params(g, g.nodes[0]).hidden_range.hi, 4096);
}

TEST(RnnParams, HaveATableWithEntriesAtTheScaleOfH) {
  Graph g = integer_gru();
  g.nodes[0].op = Op::rnn;
  std::get<RecurrentAttributes>(g.nodes[0].attributes).hidden_size = 9;  // 9 rows, one gate
  const RecurrentParams p = recurrent_params(g, g.nodes[0]);
  EXPECT_EQ(p.tanh_gate, table16(Function16::tanh, kGateInScale, 1.0 / 16384));
  EXPECT_TRUE(p.sigmoid.empty());
  EXPECT_EQ(p.sums.size(), 9u);
}

}  // namespace
}  // namespace nnp::ir
