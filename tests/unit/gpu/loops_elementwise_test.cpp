// SPDX-License-Identifier: Apache-2.0
// Functions and conversions of the plain loops: formulas in double, codes by hand.
#include <gmock/gmock.h>

#include <cmath>
#include <numbers>

#include "compiler/ir/half.h"
#include "tests/unit/gpu/memory.h"

namespace nnp::gpu {
namespace {

using nnp::testing::Bench;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

constexpr float kInfinity = std::numeric_limits<float>::infinity(),
                kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kAlpha = 0.25F, kBeta = 0.5F;

double expected_of(Function function, double a, double b) {
  const double alpha = double{kAlpha}, beta = double{kBeta};
  const auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
  const auto between = [](double x, double lo, double hi) { return std::fmax(lo, std::fmin(hi, x)); };
  switch (function) {
    case Function::copy:
      return a;
    case Function::relu:
      return std::fmax(a, 0);
    case Function::clip:
      return between(a, alpha, beta);
    case Function::sigmoid:
      return sigmoid(a);
    case Function::tanh:
      return std::tanh(a);
    case Function::neg:
      return -a;
    case Function::abs:
      return std::fabs(a);
    case Function::exp:
      return std::exp(a);
    case Function::log:
      return std::log(a);
    case Function::sqrt:
      return std::sqrt(a);
    case Function::rsqrt:
      return 1 / std::sqrt(a);
    case Function::reciprocal:
      return 1 / a;
    case Function::erf:
      return std::erf(a);
    case Function::gelu:
      return a / 2 * (1 + std::erf(a / std::numbers::sqrt2));
    case Function::gelu_tanh:
      return a / 2 * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (a + 0.044715 * std::pow(a, 3))));
    case Function::silu:
      return a * sigmoid(a);
    case Function::hard_sigmoid:
      return between(alpha * a + beta, 0, 1);
    case Function::hard_swish:
      return a * between(a / 6 + 0.5, 0, 1);
    case Function::leaky_relu:
      return a < 0 ? alpha * a : a;
    case Function::elu:
      return a < 0 ? alpha * (std::exp(a) - 1) : a;
    case Function::softplus:
      return std::log(1 + std::exp(a));
    case Function::add:
      return a + b;
    case Function::sub:
      return a - b;
    case Function::mul:
      return a * b;
    case Function::div:
      return a / b;
    case Function::min:
      return std::fmin(a, b);
    case Function::max:
      return std::fmax(a, b);
    case Function::pow:
      return std::pow(a, b);
    case Function::prelu:
      return a < 0 ? a * b : a;
  }
  return 0;
}

TEST(LoopsElementwise, EvaluatesEveryFunction) {
  const std::vector<float> a{-5, -1.5F, -0.375F, 0.3F, 1, 4.5F}, b{2, -0.75F, 3, 0.3F, -2, 0.5F};
  for (int f = 0; f <= static_cast<int>(kLastFunction); ++f) {
    Bench bench;
    Elementwise e;
    e.function = static_cast<Function>(f);
    e.alpha = kAlpha, e.beta = kBeta;
    e.sizes[0] = static_cast<std::int64_t>(a.size());
    e.x[0].at = bench.place(a);
    e.x[1].at = bench.place(b);
    e.x_strides[0][0] = e.x_strides[1][0] = e.y_strides[0] = 1;
    e.y.at = bench.room<float>(a.size());
    bench.run(e);
    const auto y = bench.read<float>(e.y.at, a.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      const double expected = expected_of(e.function, double{a[i]}, double{b[i]});
      if (std::isnan(expected)) {
        EXPECT_TRUE(std::isnan(y[i])) << "function " << f << " of " << a[i] << ", " << b[i];
      } else {
        EXPECT_NEAR(y[i], expected, 1e-6 * std::fmax(1, std::fabs(expected)))
            << "function " << f << " of " << a[i] << ", " << b[i];
      }
    }
  }
}

TEST(LoopsElementwise, SoftplusOfLargeNumbersIsFinite) {
  Bench bench;
  Elementwise e;
  e.function = Function::softplus;
  e.sizes[0] = 2;
  e.x[0].at = bench.place<float>({200, -200});
  e.x_strides[0][0] = e.y_strides[0] = 1;
  e.y.at = bench.room<float>(2);
  bench.run(e);
  EXPECT_THAT(bench.read<float>(e.y.at, 2), ElementsAre(200, ::testing::FloatNear(0, 1e-30F)));
}

TEST(LoopsElementwise, WalksOffsetsStridesAndBroadcasts) {
  Bench bench;
  Elementwise e;  // y[j][i] = x0[i][j] + x1[j], y one element off
  e.function = Function::add;
  e.axes = 2;
  e.sizes[0] = 2, e.sizes[1] = 3;
  e.x[0].at = bench.place<float>({0, 10, 20, 30, 40, 50, 60});
  e.x_offset[0] = 1;
  e.x_strides[0][0] = 3, e.x_strides[0][1] = 1;
  e.x[1].at = bench.place<float>({1, 2, 3});
  e.x_strides[1][1] = 1;
  e.y.at = bench.place<float>({-1, -1, -1, -1, -1, -1, -1});
  e.y_offset = 1;
  e.y_strides[0] = 1, e.y_strides[1] = 2;
  bench.run(e);
  EXPECT_THAT(bench.read<float>(e.y.at, 7), ElementsAre(-1, 11, 41, 22, 52, 33, 63));
}

/// What becomes of reals in memory of `target`'s element.
template <typename T>
std::vector<T> stored(Target target, const std::vector<float>& reals) {
  Bench bench;
  Elementwise e;
  e.sizes[0] = static_cast<std::int64_t>(reals.size());
  e.x[0].at = bench.place(reals);
  e.x_strides[0][0] = e.y_strides[0] = 1;
  e.y = target;
  e.y.at = bench.room<T>(reals.size());
  bench.run(e);
  return bench.read<T>(e.y.at, reals.size());
}
Target of(Element element, float scale = 1, std::int32_t zero = 0, float lo = -kInfinity,
          float hi = kInfinity) {
  return {0, element, scale, zero, lo, hi};
}

TEST(LoopsTarget, RoundsCodesHalfToEvenAroundTheZeroPoint) {
  EXPECT_THAT(stored<std::int8_t>(of(Element::s8, 0.5F, 10), {0.25F, 0.75F, -0.25F, -0.75F, 1}),
              ElementsAre(10, 12, 10, 8, 12));
}

TEST(LoopsTarget, ClampsCodesToBoundsOrToTheType) {
  const std::vector<float> far{-1e20F, 1e20F, -kInfinity, kInfinity, kNan};
  EXPECT_THAT(stored<std::int8_t>(of(Element::s8, 1, 3, -20, 30), far), ElementsAre(-20, 30, -20, 30, -20));
  EXPECT_THAT(stored<std::int8_t>(of(Element::s8, 1, 3), far), ElementsAre(-128, 127, -128, 127, -128));
  EXPECT_THAT(stored<std::uint8_t>(of(Element::u8, 1, 128), far), ElementsAre(0, 255, 0, 255, 0));
  EXPECT_THAT(stored<std::int16_t>(of(Element::s16), far), ElementsAre(-32768, 32767, -32768, 32767, -32768));
  constexpr std::int32_t kLow = std::numeric_limits<std::int32_t>::min(), kHigh = ~kLow;
  EXPECT_THAT(stored<std::int32_t>(of(Element::i32), far), ElementsAre(kLow, kHigh, kLow, kHigh, kLow));
}

TEST(LoopsTarget, ClampsRealsBeforeItRoundsThemAndLetsNanPass) {
  const auto reals = stored<float>(of(Element::f32, 1, 0, -2, 6), {-3, 0.1F, 7, kNan});
  EXPECT_THAT(std::vector(reals.begin(), reals.end() - 1), ElementsAre(-2, 0.1F, 6));
  EXPECT_TRUE(std::isnan(reals[3]));
  // 2049 lies between the halves 2048 and 2050, 259 between the bfloat16 258 and 260.
  EXPECT_EQ(stored<ir::Float16>(of(Element::f16), {2049})[0], 2048.0F);
  EXPECT_EQ(stored<ir::Float16>(of(Element::f16, 1, 0, 0, 2047), {2049})[0], 2047.0F);
  EXPECT_EQ(stored<ir::BFloat16>(of(Element::bf16), {259})[0], 260.0F);
}

TEST(LoopsSource, IsScaleTimesTheDistanceFromZero) {
  Bench bench;
  const auto read = [&](Source x) {
    Elementwise e;
    e.x[0] = x;
    e.y.at = bench.room<float>(1);
    bench.run(e);
    return bench.read<float>(e.y.at, 1)[0];
  };
  EXPECT_EQ(read({bench.place<std::int8_t>({-100}), Element::s8, 0.5F, 20}), -60);
  EXPECT_EQ(read({bench.place<std::uint8_t>({200}), Element::u8, 0.25F, 128}), 18);
  EXPECT_EQ(read({bench.place<std::int16_t>({-30000}), Element::s16, 2, 0}), -60000);
  EXPECT_EQ(read({bench.place<std::int32_t>({1 << 30}), Element::i32, 1, 0}), 0x1p30F);
  EXPECT_EQ(read({bench.place<std::int64_t>({std::int64_t{1} << 40}), Element::i64, 1, 0}), 0x1p40F);
  EXPECT_EQ(read({bench.place<ir::Float16>({ir::Float16(1.5F)}), Element::f16}), 1.5F);
  EXPECT_EQ(read({bench.place<ir::BFloat16>({ir::BFloat16(-3)}), Element::bf16}), -3);
}

TEST(LoopsElementwise, CopiesEqualI64AsTheyAre) {
  const std::vector<std::int64_t> values{(std::int64_t{1} << 53) + 1,
                                         std::numeric_limits<std::int64_t>::min()};
  Bench bench;
  Elementwise e;
  e.sizes[0] = 2;
  e.x[0] = {bench.place(values), Element::i64};
  e.y = of(Element::i64);
  e.y.at = bench.room<std::int64_t>(2);
  e.x_strides[0][0] = e.y_strides[0] = 1;
  bench.run(e);
  EXPECT_THAT(bench.read<std::int64_t>(e.y.at, 2), ElementsAreArray(values));
}

}  // namespace
}  // namespace nnp::gpu
