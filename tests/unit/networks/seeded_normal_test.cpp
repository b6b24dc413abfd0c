// SPDX-License-Identifier: Apache-2.0
#include "models/networks/seeded_normal.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace nnp::models {
namespace {

TEST(SeededNormal, HasTheMomentsOfFourUniformNumbers) {
  SeededNormal normal(1, "weights");
  constexpr int kDraws = 400000;
  double sum = 0;
  double squares = 0;
  double fourth = 0;
  double largest = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = normal.next();
    sum += x;
    squares += x * x;
    fourth += x * x * x * x;
    largest = std::max(largest, std::abs(x));
  }
  EXPECT_NEAR(sum / kDraws, 0, 0.01);  // 6 standard errors
  EXPECT_NEAR(squares / kDraws, 1, 0.01);
  EXPECT_NEAR(fourth / kDraws, 3 - 6.0 / 5 / 4, 0.05);  // Irwin-Hall of n: excess kurtosis -6 / (5 n)
  EXPECT_LE(largest, 2 * std::sqrt(3.0) + 1e-3);        // 4 x 1/2 over sqrt(4 / 12)
}

TEST(SeededNormal, NeighboursAreNotCorrelated) {
  SeededNormal normal(1, "weights");
  constexpr int kDraws = 200000;
  double product = 0;
  double before = normal.next();
  for (int i = 0; i < kDraws; ++i) {
    const double x = normal.next();
    product += x * before;
    before = x;
  }
  EXPECT_NEAR(product / kDraws, 0, 0.015);
}

TEST(SeededNormal, SequencesDependOnSeedAndTensorAndOnNothingElse) {
  const auto first = [](std::uint64_t seed, const char* tensor) { return SeededNormal(seed, tensor).next(); };
  EXPECT_EQ(first(1, "fc.weight"), first(1, "fc.weight"));
  EXPECT_NE(first(1, "fc.weight"), first(2, "fc.weight"));
  EXPECT_NE(first(1, "fc.weight"), first(1, "fc.bias"));
}

}  // namespace
}  // namespace nnp::models
