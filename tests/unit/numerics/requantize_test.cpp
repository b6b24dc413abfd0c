// SPDX-License-Identifier: Apache-2.0
// Requantisation: the definition against an independent rounding, every level against the definition.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/numerics/numerics_support.h"

namespace nnp::numerics {
namespace {

template <typename Y>
using Requantize = void (*)(const std::int32_t*, const ChannelParam*, Y*, std::size_t, OutputRange);
template <typename Y>
Requantize<Y> requantize_of(const Kernels& kernels) {
  if constexpr (std::is_same_v<Y, std::uint8_t>) {
    return kernels.requantize_u8;
  } else if constexpr (std::is_same_v<Y, std::int8_t>) {
    return kernels.requantize_s8;
  } else {
    return kernels.requantize_s16;
  }
}

template <typename Y>
OutputRange random_range(Random& random) {
  using Limits = std::numeric_limits<Y>;
  const std::int64_t zero = random.between(Limits::lowest(), Limits::max());
  const std::int64_t x = random.between(Limits::lowest(), Limits::max()),
                     y = random.between(Limits::lowest(), Limits::max());
  if (random.between(0, 1) == 0) return {static_cast<std::int32_t>(zero), Limits::lowest(), Limits::max()};
  return {static_cast<std::int32_t>(zero), static_cast<std::int32_t>(std::min(x, y)),
          static_cast<std::int32_t>(std::max(x, y))};
}

template <typename Y>
class RequantizeTest : public testing::Test {};
using Results = testing::Types<std::uint8_t, std::int8_t, std::int16_t>;
TYPED_TEST_SUITE(RequantizeTest, Results, );

struct Input {
  std::vector<std::int32_t> acc;
  std::vector<ChannelParam> params;
};
/// Sums and scales of all magnitudes; every fourth one a tie: an odd sum at scale 1/2.
Input random_input(Random& random, std::size_t n) {
  Input input{random.codes<std::int32_t>(n), std::vector<ChannelParam>(n)};
  for (std::size_t i = 0; i < n; ++i) {
    input.params[i] = {random.code<std::int32_t>(),
                       std::ldexp(static_cast<float>(random.between(1, 1 << 24)), -40)};
    if (random.between(0, 1) == 0)
      input.acc[i] >>= random.between(8, 24), input.params[i].bias >>= random.between(8, 24);
    if (i % 4 == 0)
      input.acc[i] = static_cast<std::int32_t>(random.between(-600, 600)), input.params[i] = {1, 0.5F};
  }
  return input;
}

TYPED_TEST(RequantizeTest, ScalarRoundsTheFloatProductHalfToEvenAndClamps) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const Input input = random_input(random, 33);
    const OutputRange range = random_range<TypeParam>(random);
    std::vector<TypeParam> y(33);
    requantize_of<TypeParam>(kernels(Level::scalar))(input.acc.data(), input.params.data(), y.data(),
                                                     y.size(), range);
    for (std::size_t i = 0; i < y.size(); ++i) {
      const auto sum = static_cast<std::int32_t>(
          static_cast<std::uint32_t>(std::int64_t{input.acc[i]} + input.params[i].bias));
      const float product =
          static_cast<float>(static_cast<long double>(static_cast<float>(sum)) * input.params[i].scale);
      ASSERT_EQ(y[i], finished(product, range)) << "seed=" << seed << " i=" << i << " acc=" << input.acc[i];
    }
  }
}

TYPED_TEST(RequantizeTest, TiesGoToTheEvenCode) {
  const std::vector<std::int32_t> acc = {1, 3, 5, 7, 9, 11, 251, 253};
  const std::vector<ChannelParam> params(acc.size(), {0, 0.5F});
  const std::vector<std::int64_t> expected = {0, 2, 2,   4,
                                              4, 6, 126, 126};  // 125.5 and 126.5 both round to 126
  for (const Level level : levels_of_this_host()) {
    std::vector<TypeParam> y(acc.size());
    requantize_of<TypeParam>(kernels(level))(acc.data(), params.data(), y.data(), y.size(), {0, 0, 127});
    for (std::size_t i = 0; i < y.size(); ++i)
      EXPECT_EQ(y[i], expected[i]) << to_string(level) << " " << acc[i];
  }
}

TYPED_TEST(RequantizeTest, EveryLevelEqualsScalarBetweenGuardPages) {
  for (unsigned seed = 1000; seed < 1100; ++seed) {
    Random random(seed);
    const auto n = static_cast<std::size_t>(random.between(0, 70));
    const Input input = random_input(random, n);
    const OutputRange range = random_range<TypeParam>(random);
    std::vector<TypeParam> expected(n);
    requantize_of<TypeParam>(kernels(Level::scalar))(input.acc.data(), input.params.data(), expected.data(),
                                                     n, range);
    for (const Level level : levels_of_this_host()) {
      for (const Edge edge : {Edge::back, Edge::front}) {
        Guarded<std::int32_t> acc(n, edge);
        Guarded<ChannelParam> params(n, edge);
        Guarded<TypeParam> y(n, edge);
        std::copy(input.acc.begin(), input.acc.end(), acc.data());
        std::copy(input.params.begin(), input.params.end(), params.data());
        requantize_of<TypeParam>(kernels(level))(acc.data(), params.data(), y.data(), n, range);
        ASSERT_TRUE(std::equal(expected.begin(), expected.end(), y.data()))
            << to_string(level) << " seed=" << seed;
      }
    }
  }
}

TYPED_TEST(RequantizeTest, RangesAndScalesThatNoCompilerWritesStillAgree) {
  constexpr std::int32_t kMin = std::numeric_limits<std::int32_t>::min(),
                         kMax = std::numeric_limits<std::int32_t>::max();
  constexpr float kInfinity = std::numeric_limits<float>::infinity(),
                  kNan = std::numeric_limits<float>::quiet_NaN();
  Random random(5);
  Input input = random_input(random, 40);
  const float scales[] = {kInfinity, -kInfinity, kNan, -1.0F, 0.0F, 1e-45F, 3e38F};
  for (std::size_t i = 0; i < 40; i += 2) input.params[i].scale = scales[i / 2 % 7];
  const OutputRange ranges[] = {{0, 100, -100},  {kMax, kMin, kMax}, {kMin, kMin, kMax},
                                {0, kMin, kMax}, {1 << 22, 0, 1},    {-70000, 0, 255}};
  for (const OutputRange& range : ranges) {
    std::vector<TypeParam> expected(40);
    requantize_of<TypeParam>(kernels(Level::scalar))(input.acc.data(), input.params.data(), expected.data(),
                                                     40, range);
    for (const Level level : levels_of_this_host()) {
      std::vector<TypeParam> y(40);
      requantize_of<TypeParam>(kernels(level))(input.acc.data(), input.params.data(), y.data(), 40, range);
      ASSERT_EQ(y, expected) << to_string(level) << " zero=" << range.zero_point << " lo=" << range.lo
                             << " hi=" << range.hi;
    }
  }
}

}  // namespace
}  // namespace nnp::numerics
