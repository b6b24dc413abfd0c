// SPDX-License-Identifier: Apache-2.0
// Matrix kernels: the definition against 128-bit sums, every level against the definition, and nothing
// touched outside.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/numerics/numerics_support.h"

namespace nnp::numerics {
namespace {

__extension__ typedef __int128 Int128;

template <typename A>
using Gemm = void (*)(const A*, std::size_t, const std::int8_t*, std::size_t, std::int32_t*, std::size_t,
                      std::size_t, std::size_t, std::size_t, bool);
template <typename A>
Gemm<A> gemm_of(const Kernels& kernels) {
  if constexpr (std::is_same_v<A, std::uint8_t>) {
    return kernels.gemm_u8s8;
  } else if constexpr (std::is_same_v<A, std::int8_t>) {
    return kernels.gemm_s8s8;
  } else {
    return kernels.gemm_s16s8;
  }
}

struct Problem {
  std::size_t m, n, k, lda, ldb, ldc;
  bool accumulate;
  unsigned seed;
  std::string text(Level level) const {
    return std::string(to_string(level)) + " m=" + std::to_string(m) + " n=" + std::to_string(n) +
           " k=" + std::to_string(k) + " lda=" + std::to_string(lda) + " ldb=" + std::to_string(ldb) +
           " ldc=" + std::to_string(ldc) + " accumulate=" + std::to_string(accumulate) +
           " seed=" + std::to_string(seed);
  }
};

Problem random_problem(Random& random, unsigned seed, std::int64_t m_max, std::int64_t n_max,
                       std::int64_t k_max) {
  Problem p{};
  p.m = static_cast<std::size_t>(random.between(0, m_max));
  p.n = static_cast<std::size_t>(random.between(0, n_max));
  p.k = static_cast<std::size_t>(random.between(0, k_max));
  p.lda = p.k + static_cast<std::size_t>(random.between(0, 5));
  p.ldb = p.n + static_cast<std::size_t>(random.between(0, 5));
  p.ldc = p.n + static_cast<std::size_t>(random.between(0, 5));
  p.accumulate = random.between(0, 1) == 1;
  p.seed = seed;
  return p;
}

/// Elements that a matrix of rows x columns spans.
std::size_t span_of(std::size_t rows, std::size_t columns, std::size_t stride) {
  return rows == 0 || columns == 0 ? 0 : (rows - 1) * stride + columns;
}

template <typename A>
class GemmTest : public testing::Test {};
using Sources = testing::Types<std::uint8_t, std::int8_t, std::int16_t>;
TYPED_TEST_SUITE(GemmTest, Sources, );

TYPED_TEST(GemmTest, ScalarIsTheSumOfProductsModulo2To32) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    Random random(seed);
    const Problem p = random_problem(random, seed, 6, 9, 40);
    const auto a = random.codes<TypeParam>(p.m * p.lda + 1);
    const auto b = random.codes<std::int8_t>(p.k * p.ldb + 1);
    const auto before = random.codes<std::int32_t>(p.m * p.ldc + 1);
    auto c = before;
    gemm_of<TypeParam>(kernels(Level::scalar))(a.data(), p.lda, b.data(), p.ldb, c.data(), p.ldc, p.m, p.n,
                                               p.k, p.accumulate);
    for (std::size_t i = 0; i < c.size(); ++i) {
      const std::size_t row = p.ldc == 0 ? p.m : i / p.ldc, column = p.ldc == 0 ? 0 : i % p.ldc;
      if (row >= p.m || column >= p.n) {
        ASSERT_EQ(c[i], before[i]) << "outside of c, " << p.text(Level::scalar);
        continue;
      }
      Int128 sum = p.accumulate ? before[i] : 0;
      for (std::size_t q = 0; q < p.k; ++q)
        sum += static_cast<Int128>(a[row * p.lda + q]) * b[q * p.ldb + column];
      ASSERT_EQ(c[i], static_cast<std::int32_t>(static_cast<std::uint32_t>(sum))) << p.text(Level::scalar);
    }
  }
}

/// Runs `p` at every level between guard pages and compares all of c, gaps between rows included, with the
/// scalar result.
template <typename A>
void expect_equal_levels(const Problem& p, Random& random) {
  for (const Edge edge : {Edge::back, Edge::front}) {
    const std::size_t c_count = span_of(p.m, p.n, p.ldc), a_count = span_of(p.m, p.k, p.lda),
                      b_count = span_of(p.k, p.n, p.ldb);
    Guarded<A> a(a_count, edge);
    Guarded<std::int8_t> b(b_count, edge);
    random.fill(a.data(), a_count);
    random.fill(b.data(), b_count);
    const auto before = random.codes<std::int32_t>(c_count);
    auto expected = before;
    gemm_of<A>(kernels(Level::scalar))(a.data(), p.lda, b.data(), p.ldb, expected.data(), p.ldc, p.m, p.n,
                                       p.k, p.accumulate);
    for (const Level level : levels_of_this_host()) {
      Guarded<std::int32_t> c(c_count, edge);
      std::copy(before.begin(), before.end(), c.data());
      gemm_of<A>(kernels(level))(a.data(), p.lda, b.data(), p.ldb, c.data(), p.ldc, p.m, p.n, p.k,
                                 p.accumulate);
      ASSERT_TRUE(std::equal(expected.begin(), expected.end(), c.data())) << p.text(level);
    }
  }
}

TYPED_TEST(GemmTest, EveryLevelEqualsScalarOnSmallShapes) {
  for (unsigned seed = 1000; seed < 1200; ++seed) {
    Random random(seed);
    const Problem p = random_problem(random, seed, 20, 80, 40);
    ASSERT_NO_FATAL_FAILURE(expect_equal_levels<TypeParam>(p, random));
  }
}

TYPED_TEST(GemmTest, EveryLevelEqualsScalarWhenFewRowsMeetManyColumns) {
  for (unsigned seed = 2000; seed < 2060; ++seed) {
    Random random(seed);
    const Problem p = random_problem(random, seed, 5, 600, 300);
    ASSERT_NO_FATAL_FAILURE(expect_equal_levels<TypeParam>(p, random));
  }
}

TYPED_TEST(GemmTest, EveryLevelEqualsScalarAcrossBlocksOfKAndColumns) {
  Random random(3);
  for (const std::size_t m : {1U, 7U}) {
    for (const std::size_t k : {255U, 256U, 257U, 513U, 1025U, 2047U, 2051U, 4101U}) {
      ASSERT_NO_FATAL_FAILURE(
          expect_equal_levels<TypeParam>(Problem{m, 70, k, k, 70, 70, k % 2 == 0, 3}, random));
    }
    ASSERT_NO_FATAL_FAILURE(
        expect_equal_levels<TypeParam>(Problem{m, 523, 37, 37, 523, 523, false, 3}, random));
  }
}

TYPED_TEST(GemmTest, ProductsOfExtremesDoNotSaturate) {
  using Limits = std::numeric_limits<TypeParam>;
  constexpr std::size_t kK = 64, kN = 33;
  for (const TypeParam x : {Limits::lowest(), Limits::max()}) {
    for (const std::int8_t w : {std::int8_t{-128}, std::int8_t{127}}) {
      for (const std::size_t m : {1U, 3U, 9U}) {
        const std::vector<TypeParam> a(m * kK, x);
        const std::vector<std::int8_t> b(kK * kN, w);
        const std::int32_t expected = static_cast<std::int32_t>(kK) * x * w;
        for (const Level level : levels_of_this_host()) {
          std::vector<std::int32_t> c(m * kN);
          gemm_of<TypeParam>(kernels(level))(a.data(), kK, b.data(), kN, c.data(), kN, m, kN, kK, false);
          for (const std::int32_t sum : c)
            ASSERT_EQ(sum, expected) << to_string(level) << " x=" << +x << " w=" << +w;
        }
      }
    }
  }
}

TYPED_TEST(GemmTest, SumsWrapAroundAlike) {
  using Limits = std::numeric_limits<TypeParam>;
  constexpr std::size_t kK = 8, kN = 17, kM = 6;
  const std::vector<TypeParam> a(kM * kK, Limits::max());
  const std::vector<std::int8_t> b(kK * kN, 127);
  const std::uint32_t added = static_cast<std::uint32_t>(kK) * Limits::max() * 127U;
  const auto expected = static_cast<std::int32_t>(0x7FFFFFFFU + added);
  for (const Level level : levels_of_this_host()) {
    std::vector<std::int32_t> c(kM * kN, std::numeric_limits<std::int32_t>::max());
    gemm_of<TypeParam>(kernels(level))(a.data(), kK, b.data(), kN, c.data(), kN, kM, kN, kK, true);
    for (const std::int32_t sum : c) ASSERT_EQ(sum, expected) << to_string(level);
  }
}

TEST(Dispatch, ScalarIsAlwaysThereAndBestIsSupported) {
  EXPECT_TRUE(supported(Level::scalar));
  EXPECT_TRUE(supported(best().level));
  for (const Level level : levels_of_this_host()) {
    EXPECT_EQ(kernels(level).level, level);
    EXPECT_LE(level, best().level) << "a higher level than best() is supported";
  }
}

TEST(Dispatch, ALevelThatTheHostLacksIsRefused) {
  for (const Level level : {Level::avx2, Level::avx512_vnni, static_cast<Level>(9)}) {
    if (supported(level)) continue;
    EXPECT_THROW(kernels(level), std::invalid_argument) << to_string(level);
  }
}

}  // namespace
}  // namespace nnp::numerics
