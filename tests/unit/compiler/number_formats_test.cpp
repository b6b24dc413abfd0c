// SPDX-License-Identifier: Apache-2.0
// The formulas from ranges to scales, and the overflow proof on its own.
#include "compiler/quantize/number_formats.h"

#include <gtest/gtest.h>

#include "compiler/compile_error.h"
#include "compiler/quantize/overflow.h"
#include "compiler/quantize/parameters.h"
#include "tests/unit/compiler/graph_maker.h"

namespace nnp::compiler {
namespace {

double real(const ir::QuantParams& params, int code) {
  return static_cast<double>(params.scale[0]) * (code - params.zero_point);
}

TEST(U8Params, SpreadCodesOverTheRangeAndHoldZeroExactly) {
  std::mt19937 random(1);
  for (int round = 0; round < 500; ++round) {
    const auto draw = [&] {
      return std::ldexp(static_cast<float>(random() >> 8) / 16777216.0f - 0.5f,
                        static_cast<int>(random() % 12));
    };
    const float a = draw(), b = draw();
    const Range range{std::min(a, b), std::max(a, b)};
    const ir::QuantParams params = u8_params(range);
    const double lo = std::min(range.lo, 0.0f), hi = std::max(range.hi, 0.0f), scale = params.scale[0];
    EXPECT_NEAR(scale, (hi - lo) / 255, scale * 1e-6) << "round " << round;
    EXPECT_GE(params.zero_point, 0);
    EXPECT_LE(params.zero_point, 255);
    EXPECT_NEAR(real(params, 0), lo, scale * 0.51) << "round " << round;
    EXPECT_NEAR(real(params, 255), hi, scale * 0.51) << "round " << round;
  }
}

TEST(U8Params, HaveZeroPointZeroWhereNothingIsNegative) {
  EXPECT_EQ(u8_params({0.5f, 3}).zero_point, 0);
  EXPECT_EQ(u8_params({0.5f, 3}).scale[0], static_cast<float>(3.0 / 255));
  EXPECT_EQ(u8_params({-3, -0.5f}).zero_point, 255);
}

TEST(U8Params, OfNothingButZeroAreValid) {
  EXPECT_EQ(u8_params({0, 0}).scale[0], 1.0f);
  EXPECT_EQ(s16_params(0).scale[0], 1.0f);
}

TEST(S16Params, ReachTheLargestCodeAtTheMagnitude) {
  for (const int largest : {32767, 20000, 127}) {
    const ir::QuantParams params = s16_params(2.5f, largest);
    EXPECT_NEAR(real(params, largest), 2.5, 1e-6);
    EXPECT_EQ(params.zero_point, 0);
  }
}

TEST(WeightScale, MakesTheLargestWeightCode127) {
  const std::vector<float> weights{0.1f, -2.0f, 1.5f};
  EXPECT_EQ(weight_scale(weights), static_cast<float>(2.0 / 127));
  EXPECT_EQ(to_code(-2.0, weight_scale(weights), 127), -127);
}

TEST(WeightScale, OfAnAllZeroChannelIsPositive) {
  const std::vector<float> zeros(9, 0.0f);
  EXPECT_EQ(weight_scale(zeros), kSmallestScale);
}

TEST(ToCode, RoundsHalvesToEvenAndSaturates) {
  EXPECT_EQ(to_code(0.5, 1, 127), 0);
  EXPECT_EQ(to_code(1.5, 1, 127), 2);
  EXPECT_EQ(to_code(-2.5, 1, 127), -2);
  EXPECT_EQ(to_code(1e30, 1e-8, 127), 127);
}

TEST(Range, OfManyValuesIsThatOfEachInTurnAndRefusesWhatIsNotFinite) {
  std::mt19937 random(3);
  for (std::size_t count = 0; count < 70; ++count) {
    std::vector<float> values(count);
    for (float& x : values) x = static_cast<float>(static_cast<std::int32_t>(random())) * 1e-6f;
    Range each, all;
    for (const float x : values) each.include(x);
    EXPECT_TRUE(all.include_all(values)) << count << " values";
    EXPECT_EQ(all.lo, each.lo) << count << " values";
    EXPECT_EQ(all.hi, each.hi) << count << " values";
    constexpr float kOdd[] = {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
                              std::numeric_limits<float>::quiet_NaN(),
                              -std::numeric_limits<float>::quiet_NaN()};
    for (std::size_t at = 0; at < count; ++at) {
      std::vector<float> spoilt = values;
      spoilt[at] = kOdd[at % 4];
      EXPECT_FALSE(Range{}.include_all(spoilt)) << count << " values, " << kOdd[at % 4] << " at " << at;
    }
  }
}

TEST(CellScale, IsAPowerOfTwoWithAtLeastTwiceThePeakInRange) {
  for (const float peak : {0.0f, 0.01f, 0.9999f, 1.0f, 1.7f, 4.0f, 33.0f}) {
    int exponent;
    const float scale = cell_scale(peak);
    EXPECT_EQ(std::frexp(scale, &exponent), 0.5f) << "a power of two, peak " << peak;
    EXPECT_GE(scale * 32767, 2 * peak);
    EXPECT_GE(scale * 32768, 2);
    EXPECT_TRUE(scale == std::ldexp(1.0f, -14) || scale / 2 * 32767 < 2 * peak)
        << "no coarser than needed, peak " << peak;
  }
}

TEST(Overflow, TheLargestSafeCodeIsTheLargestThatIsProven) {
  for (const ChannelSum& sum :
       {ChannelSum{127 * 1000, 0}, ChannelSum{1, 0}, ChannelSum{65536, 1 << 30}, ChannelSum{12345678, 99}}) {
    const std::int64_t largest = largest_safe_code(sum);
    EXPECT_NO_THROW(prove_no_overflow("layer", {sum}, largest)) << sum.weights;
    EXPECT_THROW(prove_no_overflow("layer", {sum}, largest + 2), CompileError) << sum.weights;
  }
}

TEST(QuantizedWeights, WidenTheScaleOfAChannelWhoseBiasWouldNotFit) {
  const LayerWeights weights{{{1e-6f, -1e-6f}, {1.0f, 0.5f}}, {1000.0, 1000.0}, true};
  const double input_scale = 0.01;
  const IntegerWeights codes = quantize_weights(weights, input_scale);
  for (std::size_t n = 0; n < 2; ++n) {
    const double bias = codes.bias[n] * input_scale * static_cast<double>(codes.scales[n]);
    EXPECT_NEAR(bias, 1000.0, 1e-3) << "channel " << n;
    EXPECT_LE(std::abs(codes.bias[n]), kLargestBiasCode);
  }
  EXPECT_EQ(codes.scales[1], static_cast<float>(1.0 / 127)) << "the other channel keeps its own";
}

TEST(QuantizedWeights, AreTheSameChannelsHoweverTheOperatorStoresThem) {
  test::GraphMaker m;
  const ir::ValueId image = m.input("image", {1, 3, 1, 1}), rows = m.input("rows", {1, 3});
  const std::vector<float> by_filter{1, 2, 3, 4, 5, 6}, by_row{1, 4, 2, 5, 3, 6};  // filters 1 2 3 and 4 5 6
  m.node(ir::Op::conv, "c", {image, m.constant("cw", {2, 3, 1, 1}, by_filter)}, {1, 2, 1, 1},
         ir::ConvAttributes{});
  m.node(ir::Op::gemm, "g", {rows, m.constant("gw", {3, 2}, by_row)}, {1, 2}, ir::GemmAttributes{});
  const std::vector<std::vector<float>> expected{{1, 2, 3}, {4, 5, 6}};
  EXPECT_EQ(read_weights(m.graph, m.graph.nodes[0]).rows, expected);
  EXPECT_EQ(read_weights(m.graph, m.graph.nodes[1]).rows, expected);
}

TEST(QuantizedWeights, JoinBothHalvesOfAnLstm) {
  test::GraphMaker m;
  m.lstm("l", m.input("x", {2, 1, 3}), 2);
  const LayerWeights weights = read_weights(m.graph, m.graph.nodes[0]);
  ASSERT_EQ(weights.rows.size(), 8u);
  const auto w = test::find_value(m.graph, "l.w").constant->data<float>(),
             r = test::find_value(m.graph, "l.r").constant->data<float>();
  const auto b = test::find_value(m.graph, "l.b").constant->data<float>();
  EXPECT_EQ(weights.rows[5], (std::vector<float>{w[15], w[16], w[17], r[10], r[11]}));
  EXPECT_EQ(weights.bias[5], static_cast<double>(b[5]) + static_cast<double>(b[13]));
}

}  // namespace
}  // namespace nnp::compiler
