// SPDX-License-Identifier: Apache-2.0
// Calibration rules as quantisation uses them: the scales of a network follow from them, its memory does not.
#include <gtest/gtest.h>

#include "compiler/quantize/quantize.h"
#include "host_runtime/reference/reference.h"
#include "tests/unit/compiler/graph_maker.h"

namespace nnp {
namespace {

using compiler::CalibrationMethod;
using compiler::CalibrationRule;
using ir::Op;
using ir::ValueId;
using test::find_value;
using test::GraphMaker;

constexpr std::int64_t kNumbers = 20000;

/// A network that hands its input on through a convolution by 1.
GraphMaker copy_of(std::int64_t count) {
  GraphMaker m;
  const ValueId x = m.input("x", {1, 1, 1, count});
  m.output(
      m.node(Op::conv, "y", {x, m.constant("w", {1, 1, 1, 1}, {1})}, {1, 1, 1, count}, ir::ConvAttributes{}));
  return m;
}

/// -1 to 1 in even steps, and one number far outside.
ir::Tensor even_with_outlier() {
  std::vector<float> numbers;
  for (std::int64_t i = 0; i + 1 < kNumbers; ++i)
    numbers.push_back(static_cast<float>(-1 + 2 * (static_cast<double>(i) + 0.5) / (kNumbers - 1)));
  numbers.push_back(9);
  return ir::Tensor::of<float>({1, 1, 1, kNumbers}, numbers);
}

ir::QuantParams params_of(const GraphMaker& m, const std::vector<std::vector<ir::Tensor>>& samples,
                          const CalibrationRule& rule, const char* value = "x.quantized") {
  reference::Naive runner;
  return *find_value(compiler::quantize(m.graph, samples, runner, isa::Precision::int8, rule), value).quant;
}

TEST(CalibrationRule, MinimumAndMaximumTakeTheOutlierIn) {
  const GraphMaker m = copy_of(kNumbers);
  EXPECT_NEAR(params_of(m, {{even_with_outlier()}}, {}).scale[0], 10.0 / 255, 1e-5);
}

TEST(CalibrationRule, PercentileLeavesItOutAtBothEndsOfTheNetwork) {
  const GraphMaker m = copy_of(kNumbers);
  const CalibrationRule rule{CalibrationMethod::percentile, 99.9};
  // 0.05 % of 20,000 at each end: the outlier and 9 more above, 10 below.
  for (const char* value : {"x.quantized", "y.quantized"}) {
    const ir::QuantParams params = params_of(m, {{even_with_outlier()}}, rule, value);
    EXPECT_NEAR(params.scale[0], 2 * 0.999 / 255, 3e-5) << value << ": to a bin of 10 / 2048";
    EXPECT_NEAR(params.zero_point, 127.5, 1) << value;
  }
}

TEST(CalibrationRule, EntropyLeavesItOutToo) {
  const GraphMaker m = copy_of(kNumbers);
  const float scale = params_of(m, {{even_with_outlier()}}, {CalibrationMethod::entropy}).scale[0];
  EXPECT_LT(scale, 2.1 / 255);
  EXPECT_GT(scale, 1.0 / 255);
}

TEST(CalibrationRule, CountsAllSamplesTogether) {
  const GraphMaker m = copy_of(4);
  const auto sample = [](float a, float b, float c, float d) {
    return std::vector{ir::Tensor::of<float>({1, 1, 1, 4}, std::vector<float>{a, b, c, d})};
  };
  // Seven numbers below 0.5 and one 8: half of an eighth at each end, so the 8's bin is cut in its middle.
  const std::vector<std::vector<ir::Tensor>> samples{sample(0, 0.1f, 0.2f, 0.3f), sample(0, 0.1f, 0.4f, 8)};
  EXPECT_NEAR(params_of(m, samples, {CalibrationMethod::percentile, 87.5}).scale[0], 8.0 / 255, 1e-4);
  EXPECT_LT(params_of(m, samples, {CalibrationMethod::percentile, 74.0}).scale[0], 0.5 / 255);
}

TEST(CalibrationRule, GivesValuesOfOneScaleTheWidestOfTheirRanges) {
  GraphMaker m;
  const ValueId x = m.input("x", {1, 1, 2, kNumbers / 2});
  const ValueId c = m.node(Op::conv, "c", {x, m.constant("w", {1, 1, 1, 1}, {1})}, {1, 1, 2, kNumbers / 2},
                           ir::ConvAttributes{});
  ir::PoolAttributes pool;
  pool.kernel[0] = 2;
  m.output(m.node(Op::max_pool, "p", {c}, {1, 1, 1, kNumbers / 2}, pool));
  ir::Tensor input = even_with_outlier();
  input.reshape({1, 1, 2, kNumbers / 2});
  const CalibrationRule rule{CalibrationMethod::percentile, 99};
  EXPECT_EQ(params_of(m, {{input}}, rule, "c").scale, params_of(m, {{input}}, rule, "p.quantized").scale);
}

TEST(CalibrationRule, LeavesConstantsWhole) {
  GraphMaker m;
  const ValueId c = m.conv("c", m.input("x", {1, 1, 1, 64}), 1, 1);
  std::vector<float> constant(64, 0.01f);
  constant[5] = 3;
  m.output(m.same_shape(Op::add, "y", {c, m.constant("k", {1, 1, 1, 64}, constant)}));
  for (const auto method : {CalibrationMethod::percentile, CalibrationMethod::entropy})
    EXPECT_NEAR(params_of(m, {{m.sample({1, 1, 1, 64})}}, {method, 90}, "k.quantized").scale[0] * 255, 3,
                1e-5);
}

TEST(CalibrationRule, TakesValuesThatAreAllOneNumberAsTheyAre) {
  const GraphMaker m = copy_of(16);
  for (const float number : {0.0f, 2.0f, -2.0f})
    for (const auto method : {CalibrationMethod::percentile, CalibrationMethod::entropy}) {
      const std::vector<std::vector<ir::Tensor>> samples{
          {ir::Tensor::of<float>({1, 1, 1, 16}, std::vector<float>(16, number))}};
      EXPECT_EQ(params_of(m, samples, {method}).scale, params_of(m, samples, {}).scale) << number;
    }
}

}  // namespace
}  // namespace nnp
