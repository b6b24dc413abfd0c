// SPDX-License-Identifier: Apache-2.0
// The vector unit's functions against the host's library in long double, and their edges.
#include "isa/numerics/functions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "isa/numerics/bf16.h"
#include "isa/numerics/series.h"

namespace nnp::numerics {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

struct Case {
  UnaryFunction function;
  long double (*exact)(long double);
  float alpha = 0, beta = 0;
};
long double sigmoid(long double x) { return 1 / (1 + std::exp(-x)); }
const Case kCases[] = {
    {UnaryFunction::exp, [](long double x) { return std::exp(x); }},
    {UnaryFunction::log, [](long double x) { return std::log(x); }},
    {UnaryFunction::erf, [](long double x) { return std::erf(x); }},
    {UnaryFunction::rsqrt, [](long double x) { return 1 / std::sqrt(x); }},
    {UnaryFunction::sigmoid, sigmoid},
    {UnaryFunction::tanh, [](long double x) { return std::tanh(x); }},
    {UnaryFunction::silu, [](long double x) { return x * sigmoid(x); }},
    {UnaryFunction::gelu, [](long double x) { return x * std::erfc(-x / std::sqrt(2.0L)) / 2; }},
    {UnaryFunction::gelu_tanh,
     [](long double x) {
       return x * sigmoid(2 * std::sqrt(2 / std::acos(-1.0L)) * (x + 0.044715L * x * x * x));
     }},
    {UnaryFunction::elu, [](long double x) { return x < 0 ? 0.5L * std::expm1(x) : x; }, 0.5f},
    {UnaryFunction::selu, [](long double x) { return 0.75L * (x > 0 ? x : 0.5L * std::expm1(x)); }, 0.5f,
     0.75f},
    {UnaryFunction::celu, [](long double x) { return x < 0 ? 0.5L * std::expm1(x / 0.5L) : x; }, 0.5f},
    {UnaryFunction::softplus,
     [](long double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }},
    {UnaryFunction::softsign, [](long double x) { return x / (1 + std::abs(x)); }},
    {UnaryFunction::hard_sigmoid, [](long double x) { return std::fmin(std::fmax(0.25L * x + 0.5L, 0), 1); },
     0.25f, 0.5f},
    {UnaryFunction::hard_swish, [](long double x) { return x * std::fmin(std::fmax(x / 6 + 0.5L, 0), 1); }},
};

/// One step of binary32 at x, and what binary64 loses where a function subtracts.
long double allowed(long double exact) {
  const auto near = static_cast<float>(std::abs(exact));
  return static_cast<long double>(std::nextafter(near, kInfinity)) - static_cast<long double>(near) +
         0x1p-48L;
}

TEST(Functions, AreWithinOneUnitOfTheTrueValue) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<float> exponent(-24, 4.4f);
  for (const Case& c : kCases) {
    for (int i = 0; i < 4000; ++i) {
      float x = std::exp2(exponent(random)) * (i % 2 == 0 ? 1.0f : -1.0f);
      if (c.function == UnaryFunction::log || c.function == UnaryFunction::rsqrt) x = std::abs(x);
      const long double exact = c.exact(x);
      ASSERT_NEAR(unary(c.function, x, c.alpha, c.beta), static_cast<double>(exact),
                  static_cast<double>(allowed(exact)))
          << to_string(c.function) << "(" << x << ")";
    }
  }
}

TEST(Functions, SeriesHaveARelativeErrorBelowTwoToTheMinus44) {
  std::mt19937_64 random(2);
  std::uniform_real_distribution<double> exponent(-30, 5);
  for (int i = 0; i < 20000; ++i) {
    const double x = std::exp2(exponent(random));
    const auto close = [&](double value, long double exact) {
      return std::abs(static_cast<long double>(value) - exact) <= 0x1p-44L * std::abs(exact);
    };
    ASSERT_TRUE(close(series::exp(x), std::exp(static_cast<long double>(x)))) << "exp(" << x << ")";
    ASSERT_TRUE(close(series::exp(-x), std::exp(-static_cast<long double>(x)))) << "exp(-" << x << ")";
    ASSERT_TRUE(close(series::log(x), std::log(static_cast<long double>(x)))) << "log(" << x << ")";
    ASSERT_TRUE(close(series::erf(x), std::erf(static_cast<long double>(x)))) << "erf(" << x << ")";
    ASSERT_TRUE(close(series::tanh(x), std::tanh(static_cast<long double>(x)))) << "tanh(" << x << ")";
  }
}

TEST(Functions, KeepInfinitiesAndNans) {
  EXPECT_EQ(unary(UnaryFunction::exp, kInfinity), kInfinity);
  EXPECT_EQ(unary(UnaryFunction::exp, -kInfinity), 0);
  EXPECT_EQ(unary(UnaryFunction::log, 0), -kInfinity);
  EXPECT_TRUE(std::isnan(unary(UnaryFunction::log, -1)));
  EXPECT_EQ(unary(UnaryFunction::sigmoid, -kInfinity), 0);
  EXPECT_EQ(unary(UnaryFunction::silu, -kInfinity), 0);
  EXPECT_EQ(unary(UnaryFunction::tanh, kInfinity), 1);
  EXPECT_EQ(unary(UnaryFunction::erf, -kInfinity), -1);
  for (unsigned f = 0; f < kUnaryFunctions; ++f) {
    const auto function = static_cast<UnaryFunction>(f);
    if (function == UnaryFunction::thresholded_relu) continue;  // ONNX: 0 unless x > alpha
    EXPECT_TRUE(std::isnan(unary(function, kNan, 1, 1))) << to_string(function);
  }
}

TEST(Functions, PowersFollowTheirRules) {
  const auto pow = [](float a, float b) { return binary(BinaryFunction::pow, a, b); };
  EXPECT_EQ(pow(-3, 3), -27);
  EXPECT_EQ(pow(3, -2), static_cast<float>(1.0 / 9));
  EXPECT_EQ(pow(0, 0), 1);
  EXPECT_EQ(pow(7, 0.5f), std::sqrt(7.0f));
  EXPECT_TRUE(std::isnan(pow(-2, 0.25f)));
  EXPECT_NEAR(pow(1.5f, 3.25f), std::pow(1.5, 3.25), 4e-7);
}

TEST(Functions, BinaryOnesRepeatAnOperandWithStepZero) {
  const float a[] = {1, -2, 3}, b[] = {2};
  float y[3];
  binary(BinaryFunction::sub, b, 0, a, 1, y, 3);
  EXPECT_EQ(std::vector(y, y + 3), (std::vector<float>{1, 4, -1}));
  binary(BinaryFunction::prelu, a, 1, b, 0, y, 3);
  EXPECT_EQ(std::vector(y, y + 3), (std::vector<float>{1, -4, 3}));
}

TEST(Functions, ReductionsRoundOnce) {
  const float x[] = {16777216, 1, 1, -3, 5};  // 2^24: in binary32 the ones would be lost
  EXPECT_EQ(reduce(Reduction::sum, x, 1, 3), 16777218);
  EXPECT_EQ(reduce(Reduction::max, x + 1, 1, 4), 5);
  EXPECT_EQ(reduce(Reduction::min, x, 1, 5), -3);
  EXPECT_EQ(reduce(Reduction::sum_square, x + 2, 1, 3), 35);
  EXPECT_EQ(reduce(Reduction::sum_abs, x + 2, 1, 3, 3), 3);
  EXPECT_EQ(reduce(Reduction::prod, x + 1, 2, 2), -3);
}

TEST(Bf16, RoundsToNearestEven) {
  EXPECT_EQ(to_float(to_bf16(1.0f)), 1.0f);
  EXPECT_EQ(to_bf16(std::bit_cast<float>(0x3F808000u)).bits, 0x3F80);  // a tie, down to even
  EXPECT_EQ(to_bf16(std::bit_cast<float>(0x3F818000u)).bits, 0x3F82);  // a tie, up to even
  EXPECT_EQ(to_bf16(std::bit_cast<float>(0x3F808001u)).bits, 0x3F81);
  EXPECT_EQ(to_float(to_bf16(std::numeric_limits<float>::max())), kInfinity);
  EXPECT_TRUE(std::isnan(to_float(to_bf16(std::bit_cast<float>(0x7F800001u)))));
}

}  // namespace
}  // namespace nnp::numerics
