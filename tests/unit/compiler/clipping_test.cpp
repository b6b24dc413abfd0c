// SPDX-License-Identifier: Apache-2.0
// Ranges narrower than what was seen, of distributions whose answer is a formula.
#include "compiler/quantize/clipping.h"

#include <gtest/gtest.h>

#include <functional>

namespace nnp::compiler {
namespace {

constexpr std::size_t kBins = Histogram::kBins;

/// Bins of width 1 from 0 on; bin i holds count(i) numbers.
Histogram histogram(const std::function<std::uint64_t(std::size_t)>& count, float lo = 0) {
  Histogram made({lo, lo + static_cast<float>(kBins)});
  for (std::size_t i = 0; i < kBins; ++i)
    made.add(std::vector<float>(count(i), lo + static_cast<float>(i) + 0.5f));
  return made;
}

/// 300 and 100 in turn in the first `inner` bins, `outliers` in the last bin of all.
Histogram uneven(std::size_t inner, std::uint64_t outliers) {
  return histogram([=](std::size_t i) -> std::uint64_t {
    if (i + 1 == kBins) return outliers;
    return i >= inner ? 0 : i % 2 == 0 ? 300 : 100;
  });
}

TEST(Percentile, OfEvenlySpreadNumbersLeavesOutHalfOfTheRestAtEachEnd) {
  const Histogram even = histogram([](std::size_t) { return 10; }, -1000);
  for (const double percentile : {99.99, 99.0, 90.0, 50.0}) {
    const Range range = percentile_range(even, percentile);
    const double cut = kBins * (100 - percentile) / 200;
    EXPECT_NEAR(range.lo, -1000 + cut, 1e-3) << percentile;
    EXPECT_NEAR(range.hi, -1000 + static_cast<double>(kBins) - cut, 1e-3) << percentile;
  }
}

TEST(Percentile, OfAnExponentialDistributionIsItsQuantile) {
  constexpr double kMean = 100, kNumbers = 1e6;
  const auto below = [&](std::size_t i) {  // how many numbers are; rounding these, no error adds up
    return static_cast<std::uint64_t>(
        std::llround(kNumbers * (1 - std::exp(-static_cast<double>(i) / kMean))));
  };
  const Histogram falling = histogram([&](std::size_t i) { return below(i + 1) - below(i); });
  for (const double percentile : {99.9, 99.0, 80.0}) {
    const double left_out = (100 - percentile) / 200;
    const Range range = percentile_range(falling, percentile);
    EXPECT_NEAR(range.hi, -kMean * std::log(left_out), 1.0) << percentile;
    EXPECT_NEAR(range.lo, -kMean * std::log(1 - left_out), 1.0) << percentile;
  }
}

TEST(Percentile, OfAllIsTheWholeRangeAndAPeakIsNeverCutOff) {
  const Histogram even = histogram([](std::size_t) { return 1; });
  EXPECT_EQ(percentile_range(even, 100).lo, 0);
  EXPECT_EQ(percentile_range(even, 100).hi, static_cast<float>(kBins));
  // Half of the numbers, as behind a Relu, lie at the lower end: it stays within their bin.
  const Histogram peaked = histogram([](std::size_t i) -> std::uint64_t { return i == 0 ? kBins : 1; });
  EXPECT_LT(percentile_range(peaked, 99).lo, 1);
}

TEST(Divergence, IsZeroWhereCodesLoseNothing) {
  std::vector<std::uint64_t> even(kBins, 7);
  EXPECT_DOUBLE_EQ(divergence(even, kBins, 255), 0) << "the same everywhere: any code has its even share";
  const Histogram falling = histogram([](std::size_t i) { return kBins - i; });
  EXPECT_DOUBLE_EQ(divergence(falling.counts(), kBins, kBins), 0) << "as many codes as bins";
}

TEST(Divergence, OfBinsThatShareACodeIsThatOfTheirCountsFromTheirMean) {
  // 8 bins a code, half of them with a numbers and half with b: with e of the numbers elsewhere,
  // (1 - e) (a log(2a / (a + b)) + b log(2b / (a + b))) / (a + b).
  constexpr std::uint64_t kOutliers = 512;
  const Histogram seen = uneven(256, kOutliers);
  const double e = kOutliers / (128.0 * 400 + kOutliers);
  const double expected = (1 - e) * (0.75 * std::log(1.5) + 0.25 * std::log(0.5));
  EXPECT_NEAR(divergence(seen.counts(), kBins, 256), expected, 1e-12);
}

TEST(Divergence, OfAClippedTailIsThatOfTheBinItIsAddedTo) {
  // e of the numbers join the last bin, which held c of N: log(1 - e) + (c / N + e) log(1 + e N / c).
  constexpr std::uint64_t kOutliers = 512;
  const Histogram seen = uneven(255, kOutliers);  // the last bin has 300
  const double all = 128 * 300 + 127 * 100 + kOutliers, e = kOutliers / all, c = 300;
  const double expected = std::log(1 - e) + (c / all + e) * std::log(1 + e * all / c);
  EXPECT_NEAR(divergence(seen.counts(), 255, 255), expected, 1e-12);
  EXPECT_EQ(divergence(seen.counts(), 256, 256), std::numeric_limits<double>::infinity())
      << "nothing was seen in the bin that they would be clipped into";
}

TEST(Entropy, KeepsEvenlySpreadNumbersWhole) {
  const Histogram even = histogram([](std::size_t) { return 5; });
  EXPECT_EQ(entropy_range(even, {-2048, 2048}).hi, 2048);
  EXPECT_EQ(entropy_range(even, {-2048, 2048}).lo, -2048);
  EXPECT_EQ(entropy_range(even, {0, 2048}).lo, 0);
}

TEST(Entropy, ClipsAFewOutliersAndKeepsMany) {
  // By the two formulas above: 10 outliers cost 3e-6 when clipped and 0.13 when kept; as many outliers as
  // there are other numbers cost 1.9 when clipped and 0.07 when kept.
  const Range seen{0, 2048};
  EXPECT_EQ(entropy_range(uneven(255, 10), seen).hi, 255);
  EXPECT_EQ(entropy_range(uneven(255, 128 * 300 + 127 * 100), seen).hi, 2048);
}

TEST(Entropy, HasHalfTheCodesForEachSignWhereBothOccur) {
  // 128 uneven bins are told apart by the 128 codes of one sign; with 255 codes on one side no fewer than 255
  // bins are a choice, and of those all but the whole range would clip into an empty bin.
  const Histogram seen = uneven(128, 10);
  const Range both = entropy_range(seen, {-2048, 2048});
  EXPECT_EQ(both.hi, 128);
  EXPECT_EQ(both.lo, -128);
  EXPECT_EQ(entropy_range(seen, {0, 2048}).hi, 2048);
}

TEST(Entropy, NarrowsOnlyTheSideThatReachesBeyondTheLimit) {
  const Range range = entropy_range(uneven(255, 10), {-3, 2048});
  EXPECT_EQ(range.lo, -3);
  EXPECT_LE(range.hi, 255);
}

TEST(Histogram, CountsEveryNumberOnceAndOfMagnitudesNoZeros) {
  Histogram signed_ones({-1, 1}), magnitudes({0, 1});
  const std::vector<float> numbers{-1, -0.5f, 0, 0, 0.5f, 1};
  signed_ones.add(numbers);
  magnitudes.add_magnitudes(numbers);
  const auto& counts = signed_ones.counts();
  EXPECT_EQ(counts[0], 1u);
  EXPECT_EQ(counts[512], 1u);
  EXPECT_EQ(counts[1024], 2u);
  EXPECT_EQ(counts[1536], 1u);
  EXPECT_EQ(counts[2047], 1u) << "the upper end belongs to the last bin";
  EXPECT_EQ(magnitudes.counts()[0], 0u);
  EXPECT_EQ(magnitudes.counts()[1024], 2u);
  EXPECT_EQ(magnitudes.counts()[2047], 2u);
}

}  // namespace
}  // namespace nnp::compiler
