// SPDX-License-Identifier: Apache-2.0
// Real matrix kernels: the definition against chains of std::fma written out here, every level against the
// definition bit for bit, nothing touched outside.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <string>

#include "tests/unit/numerics/numerics_support.h"

namespace nnp::numerics {
namespace {

template <typename T>
auto gemm_of(const Kernels& kernels) {
  if constexpr (std::is_same_v<T, float>) {
    return kernels.gemm_f32;
  } else {
    return kernels.gemm_bf16;
  }
}

float widen(float x) { return x; }
float widen(Bf16 x) { return to_float(x); }

/// Numbers of very different size and sign: rounding shows, and sums cancel.
template <typename T>
T number(Random& random) {
  const auto exponent = static_cast<int>(random.between(-30, 30));
  const float x = std::ldexp(static_cast<float>(random.between(-(1 << 24), 1 << 24)), exponent - 24);
  if constexpr (std::is_same_v<T, float>) {
    return x;
  } else {
    return to_bf16(x);
  }
}

struct Shape {
  std::size_t m, n, k;
  bool accumulate;
  std::string text(Level level, unsigned seed) const {
    return std::string(to_string(level)) + " m=" + std::to_string(m) + " n=" + std::to_string(n) +
           " k=" + std::to_string(k) + " accumulate=" + std::to_string(accumulate) +
           " seed=" + std::to_string(seed);
  }
};

template <typename T>
class RealGemm : public testing::Test {
 protected:
  void run(const Shape& s, unsigned seed) {
    Random random(seed);
    const std::size_t lda = s.k + static_cast<std::size_t>(random.between(0, 5)),
                      ldb = s.n + static_cast<std::size_t>(random.between(0, 5)),
                      ldc = s.n + static_cast<std::size_t>(random.between(0, 5));
    const auto span = [](std::size_t rows, std::size_t columns, std::size_t stride) {
      return rows == 0 || columns == 0 ? 0 : (rows - 1) * stride + columns;
    };
    for (const Edge edge : {Edge::back, Edge::front}) {
      Guarded<T> a(span(s.m, s.k, lda), edge), b(span(s.k, s.n, ldb), edge);
      for (std::size_t i = 0; i < span(s.m, s.k, lda); ++i) a.data()[i] = number<T>(random);
      for (std::size_t i = 0; i < span(s.k, s.n, ldb); ++i) b.data()[i] = number<T>(random);
      std::vector<float> before(span(s.m, s.n, ldc));
      for (float& x : before) x = number<float>(random);
      std::vector<float> expected = before;
      for (std::size_t i = 0; i < s.m; ++i)
        for (std::size_t j = 0; j < s.n; ++j) {
          float sum = s.accumulate ? before[i * ldc + j] : 0.0f;
          for (std::size_t p = 0; p < s.k; ++p)
            sum = std::fma(widen(a.data()[i * lda + p]), widen(b.data()[p * ldb + j]), sum);
          expected[i * ldc + j] = sum;
        }
      for (const Level level : levels_of_this_host()) {
        Guarded<float> c(before.size(), edge);
        std::copy(before.begin(), before.end(), c.data());
        gemm_of<T>(kernels(level))(a.data(), lda, b.data(), ldb, c.data(), ldc, s.m, s.n, s.k, s.accumulate);
        for (std::size_t i = 0; i < before.size(); ++i)
          ASSERT_EQ(std::bit_cast<std::uint32_t>(c.data()[i]), std::bit_cast<std::uint32_t>(expected[i]))
              << s.text(level, seed) << " element " << i;
      }
    }
  }
};
using Operands = testing::Types<float, Bf16>;
TYPED_TEST_SUITE(RealGemm, Operands, );

TYPED_TEST(RealGemm, IsAChainOfFusedMultiplyAddsByAscendingKAtEveryLevel) {
  for (unsigned seed = 0; seed < 150; ++seed) {
    Random random(seed);
    const auto size = [&](std::int64_t most) { return static_cast<std::size_t>(random.between(0, most)); };
    ASSERT_NO_FATAL_FAILURE(
        this->run({size(20), size(140), size(40), random.between(0, 1) == 1}, seed + 1000));
  }
}

TYPED_TEST(RealGemm, GoesOnAcrossBlocksOfKAndColumns) {
  unsigned seed = 1;
  for (const std::size_t m : {1U, 7U, 9U, 13U})
    for (const std::size_t k : {511U, 512U, 513U, 1025U})
      ASSERT_NO_FATAL_FAILURE(this->run({m, 65, k, k % 2 == 0}, ++seed));
}

TYPED_TEST(RealGemm, GoesOnAcrossBlocksOfRows) {
  unsigned seed = 100;
  for (const std::size_t m : {77U, 78U, 79U, 126U, 127U, 131U})
    for (const std::size_t k : {9U, 515U})
      ASSERT_NO_FATAL_FAILURE(this->run({m, 19, k, m % 2 == 0}, ++seed));
}

TYPED_TEST(RealGemm, InfinityAndNegativeZeroComeOutAsTheChainHasThem) {
  using T = TypeParam;
  const float infinity = std::numeric_limits<float>::infinity();
  const auto made = [](float x) {
    if constexpr (std::is_same_v<T, float>) {
      return x;
    } else {
      return to_bf16(x);
    }
  };
  const std::vector<T> a{made(-0.0f), made(1.0f)}, b{made(1.0f), made(-0.0f)},
      large{made(infinity), made(0.0f)};
  for (const Level level : levels_of_this_host()) {
    const auto gemm = gemm_of<T>(kernels(level));
    float c = 5;
    gemm(a.data(), 2, b.data(), 1, &c, 1, 1, 1, 2, false);  // +0 + -0 = +0
    EXPECT_EQ(std::bit_cast<std::uint32_t>(c), 0u) << to_string(level);
    gemm(b.data(), 2, large.data(), 1, &c, 1, 1, 1, 2, false);
    EXPECT_EQ(c, infinity) << to_string(level);
    gemm(a.data(), 2, large.data(), 1, &c, 1, 1, 1, 2, false);  // 0 * infinity
    EXPECT_TRUE(std::isnan(c)) << to_string(level);
  }
}

}  // namespace
}  // namespace nnp::numerics
