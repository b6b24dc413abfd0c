// SPDX-License-Identifier: Apache-2.0
// Elementwise operations against formulas in long double and 64-bit integers.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>

#include "isa/numerics/reals.h"
#include "tests/unit/numerics/numerics_support.h"

namespace nnp::numerics {
namespace {

constexpr std::size_t kCount = 137;

template <typename Y>
OutputRange full_range(std::int32_t zero_point) {
  return {zero_point, std::numeric_limits<Y>::lowest(), std::numeric_limits<Y>::max()};
}
Scaled random_operand(Random& random, std::int64_t lo, std::int64_t hi) {
  return {std::ldexp(static_cast<float>(random.between(1, 1 << 23)), -24),
          static_cast<std::int32_t>(random.between(lo, hi))};
}
/// One multiplication or addition rounded once to float, by way of long double (exact for products of two
/// floats).
float rounded(long double x) { return static_cast<float>(x); }

template <typename Types>
class BinaryTest : public testing::Test {};
template <typename TA, typename TB, typename TY>
struct Triple {
  using A = TA;
  using B = TB;
  using Y = TY;
};
using Triples = testing::Types<
    Triple<std::uint8_t, std::uint8_t, std::uint8_t>, Triple<std::int8_t, std::int8_t, std::int8_t>,
    Triple<std::uint8_t, std::int8_t, std::uint8_t>, Triple<std::int8_t, std::uint8_t, std::int8_t>,
    Triple<std::uint8_t, std::uint8_t, std::int8_t>, Triple<std::int16_t, std::int16_t, std::int16_t>,
    Triple<std::int16_t, std::int16_t, std::int8_t>, Triple<std::int16_t, std::uint8_t, std::uint8_t>>;
TYPED_TEST_SUITE(BinaryTest, Triples, );

TYPED_TEST(BinaryTest, AddRoundsBothProductsThenTheirSum) {
  using A = typename TypeParam::A;
  using B = typename TypeParam::B;
  using Y = typename TypeParam::Y;
  for (unsigned seed = 0; seed < 50; ++seed) {
    Random random(seed);
    const auto a = random.codes<A>(kCount);
    const auto b = random.codes<B>(kCount);
    const Scaled sa = random_operand(random, -100, 200), sb = random_operand(random, -100, 200);
    const OutputRange range = full_range<Y>(static_cast<std::int32_t>(random.between(-100, 100)));
    std::vector<Y> y(kCount);
    add(a.data(), sa, b.data(), sb, y.data(), kCount, range);
    for (std::size_t i = 0; i < kCount; ++i) {
      const float left = rounded(static_cast<long double>(a[i] - sa.zero_point) * sa.scale);
      const float right = rounded(static_cast<long double>(b[i] - sb.zero_point) * sb.scale);
      const float sum = rounded(static_cast<long double>(left) + right);
      ASSERT_EQ(y[i], finished(sum, range)) << "seed=" << seed << " i=" << i;
    }
  }
}

TYPED_TEST(BinaryTest, MulScalesTheIntegerProduct) {
  using A = typename TypeParam::A;
  using B = typename TypeParam::B;
  using Y = typename TypeParam::Y;
  for (unsigned seed = 0; seed < 50; ++seed) {
    Random random(seed);
    const auto a = random.codes<A>(kCount);
    const auto b = random.codes<B>(kCount);
    const bool wide = sizeof(A) == 2 && sizeof(B) == 2;  // the product must fit int32
    const Scaled sa = random_operand(random, 0, wide ? 0 : 100), sb{1, wide ? 0 : 7};
    const OutputRange range = full_range<Y>(static_cast<std::int32_t>(random.between(-100, 100)));
    std::vector<Y> y(kCount);
    mul(a.data(), sa, b.data(), sb, y.data(), kCount, range);
    for (std::size_t i = 0; i < kCount; ++i) {
      const std::int64_t product = std::int64_t{a[i] - sa.zero_point} * (b[i] - sb.zero_point);
      const float scaled = rounded(static_cast<long double>(static_cast<float>(product)) * sa.scale);
      ASSERT_EQ(y[i], finished(scaled, range)) << "seed=" << seed << " i=" << i;
    }
  }
}

TEST(Add, TiesGoToTheEvenCodeAndResultsClamp) {
  const std::vector<std::uint8_t> a = {1, 3, 5, 7, 255, 0}, b = {0, 0, 0, 0, 255, 0};
  std::vector<std::uint8_t> y(6);
  add(a.data(), {0.5F, 0}, b.data(), {1, 0}, y.data(), 6, {10, 20, 200});
  EXPECT_EQ(y, (std::vector<std::uint8_t>{20, 20, 20, 20, 200, 20}));
  add(a.data(), {0.5F, 0}, b.data(), {1, 0}, y.data(), 6, {10, 0, 255});
  EXPECT_EQ(y, (std::vector<std::uint8_t>{10, 12, 12, 14, 255, 10}));
}

TEST(Add, ARangeFarFromTheTypeTakesTheSameRounding) {
  Random random(8);
  const auto a = random.codes<std::int16_t>(kCount), b = random.codes<std::int16_t>(kCount);
  const OutputRange range{1 << 23, (1 << 23) - 30000,
                          (1 << 23) + 30000};  // beyond the fast rounding; result kept modulo 2^16
  std::vector<std::int16_t> y(kCount);
  add(a.data(), {0.25F, 3}, b.data(), {0.5F, 4}, y.data(), kCount, range);
  for (std::size_t i = 0; i < kCount; ++i) {
    const float sum =
        0.25F * static_cast<float>(a[i] - 3) + 0.5F * static_cast<float>(b[i] - 4);  // exact in float
    ASSERT_EQ(y[i], static_cast<std::int16_t>(finished(sum, range)));
  }
}

TEST(Lookup8, IndexesByTheSourceByte) {
  std::vector<std::int16_t> table(256);
  for (std::size_t i = 0; i < 256; ++i) table[i] = static_cast<std::int16_t>(i * 7);
  const std::vector<std::int8_t> a = {-128, -1, 0, 1, 127};
  const std::vector<std::uint8_t> b = {128, 255, 0, 1, 127};
  std::vector<std::int16_t> y(5), z(5);
  lookup8(a.data(), table.data(), y.data(), 5);
  lookup8(b.data(), table.data(), z.data(), 5);
  EXPECT_EQ(y, (std::vector<std::int16_t>{128 * 7, 255 * 7, 0, 7, 127 * 7}));
  EXPECT_EQ(z, y);
}

TEST(Lookup16, InterpolatesEveryCodeWithAFloorDivision) {
  Random random(4);
  const auto table = random.codes<std::int16_t>(kTable16Entries);
  std::vector<std::int16_t> a(65536 + 5), y(65536 + 5);
  for (std::size_t i = 0; i < a.size(); ++i)
    a[i] = static_cast<std::int16_t>(static_cast<std::int64_t>(i % 65536) - 32768);
  lookup16(a.data(), table.data(), y.data(), a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto u = static_cast<std::size_t>(a[i] + 32768);
    const std::int64_t here = table[u / 128], next = table[u / 128 + 1];
    const auto step = static_cast<std::int64_t>(
        std::floor(static_cast<double>((next - here) * static_cast<std::int64_t>(u % 128) + 64) / 128));
    ASSERT_EQ(y[i], here + step) << "code " << a[i];
  }
}

TEST(Lookup16, ReadsNothingPastTheTable) {
  Guarded<std::int16_t> table(kTable16Entries, Edge::back);
  for (std::size_t i = 0; i < kTable16Entries; ++i) table.data()[i] = 5;
  const std::vector<std::int16_t> a(40, 32767);
  std::vector<std::int16_t> y(40);
  lookup16(a.data(), table.data(), y.data(), 40);
  EXPECT_EQ(y, std::vector<std::int16_t>(40, 5));
}

template <typename A>
class PoolTest : public testing::Test {};
using Sources = testing::Types<std::uint8_t, std::int8_t, std::int16_t>;
TYPED_TEST_SUITE(PoolTest, Sources, );

TYPED_TEST(PoolTest, MaxAndAverageOfEachChannel) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    Random random(seed);
    const auto count = static_cast<std::size_t>(random.between(1, 12)),
               channels = static_cast<std::size_t>(random.between(1, 600));
    std::vector<std::vector<TypeParam>> rows;
    std::vector<const TypeParam*> taps;
    for (std::size_t t = 0; t < count; ++t) rows.push_back(random.codes<TypeParam>(channels));
    for (const auto& row : rows) taps.push_back(row.data());
    const std::int32_t zero = static_cast<std::int32_t>(random.between(-50, 50));
    const float scale = 1.5F / static_cast<float>(count);
    const OutputRange range = full_range<TypeParam>(3);
    std::vector<TypeParam> highest(channels), average(channels);
    pool_max<TypeParam>(taps, highest.data(), channels);
    pool_average<TypeParam, TypeParam>(taps, zero, scale, average.data(), channels, range);
    for (std::size_t c = 0; c < channels; ++c) {
      std::int64_t sum = 0;
      TypeParam top = rows[0][c];
      for (const auto& row : rows) sum += row[c], top = std::max(top, row[c]);
      const auto shifted = static_cast<float>(sum - static_cast<std::int64_t>(count) * zero);
      ASSERT_EQ(highest[c], top) << "seed=" << seed;
      ASSERT_EQ(average[c], finished(rounded(static_cast<long double>(shifted) * scale), range))
          << "seed=" << seed << " c=" << c;
    }
  }
}

TYPED_TEST(PoolTest, AWindowWithoutTapsGivesTheLowestAndTheZeroPoint) {
  std::vector<TypeParam> y(3);
  pool_max<TypeParam>({}, y.data(), 3);
  EXPECT_EQ(y, std::vector<TypeParam>(3, std::numeric_limits<TypeParam>::lowest()));
  pool_average<TypeParam, TypeParam>({}, 5, 1.0F, y.data(), 3, full_range<TypeParam>(9));
  EXPECT_EQ(y, std::vector<TypeParam>(3, 9));
}

// The order of the taps does not matter, so that windows may be taken apart.
TEST(RealPool, TakesTheLargestTapAndPositiveZeroWhateverTheOrder) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN(),
                  kInfinity = std::numeric_limits<float>::infinity();
  std::vector<float> values{-0.0F, kNan, 0.0F, -1.0F};
  std::ranges::sort(values, {}, [](float x) { return std::bit_cast<std::uint32_t>(x); });
  do {
    std::vector<const float*> taps;
    for (const float& value : values) taps.push_back(&value);
    float y = -1;
    pool_max<float>(taps, {-kInfinity, kInfinity}, &y, 1);
    EXPECT_EQ(std::bit_cast<std::uint32_t>(y), 0u);
  } while (std::ranges::next_permutation(values, {}, [](float x) {
             return std::bit_cast<std::uint32_t>(x);
           }).found);
}

TYPED_TEST(PoolTest, QuantizeSaturatesAndRoundsHalfToEven) {
  using Limits = std::numeric_limits<TypeParam>;
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  std::vector<float> x = {0, 0.25F, 0.75F, 1.25F, 1e9F, -1e9F, kInfinity, -kInfinity};
  Random random(6);
  for (int i = 0; i < 200; ++i) x.push_back(static_cast<float>(random.between(-1000000, 1000000)) / 977.0F);
  std::vector<TypeParam> y(x.size());
  quantize(x.data(), 0.5F, 4, y.data(), x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    ASSERT_EQ(y[i], finished(x[i] / 0.5F, OutputRange{4, Limits::lowest(), Limits::max()})) << x[i];
  }
  EXPECT_EQ(y[1], 4);  // 0.5 -> 0
  EXPECT_EQ(y[2], 6);  // 1.5 -> 2
  EXPECT_EQ(y[3], 6);  // 2.5 -> 2
}

TYPED_TEST(PoolTest, DequantizeThenQuantizeKeepsEveryCode) {
  using Limits = std::numeric_limits<TypeParam>;
  std::vector<TypeParam> codes;
  for (std::int32_t q = Limits::lowest(); q <= Limits::max(); ++q) codes.push_back(static_cast<TypeParam>(q));
  std::vector<float> real(codes.size());
  std::vector<TypeParam> back(codes.size());
  dequantize(codes.data(), 0.037F, 11, real.data(), codes.size());
  EXPECT_EQ(real[0], static_cast<float>(Limits::lowest() - 11) * 0.037F);
  quantize(real.data(), 0.037F, 11, back.data(), codes.size());
  EXPECT_EQ(back, codes);
}

}  // namespace
}  // namespace nnp::numerics
