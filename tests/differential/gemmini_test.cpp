// SPDX-License-Identifier: Apache-2.0
// Rung: published silicon (RTL). Square products on gemmini16 against cycles of Gemmini's RTL: as the sources
// have the chip, and with one constant fitted on two of the three points.
#include "tests/support/validation/gemmini.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace nnp {
namespace {

/// Sum of squared relative errors on the points that the fit used.
double misfit(int dispatch_cycles) {
  double sum = 0;
  for (const test::GemminiPoint& point : test::gemmini_points())
    if (point.fitted) {
      const Cycles cycles = test::gemmini_cycles(point.size, test::gemmini_fit(dispatch_cycles));
      sum += std::pow(static_cast<double>(cycles) / static_cast<double>(point.rtl) - 1, 2);
    }
  return sum;
}

TEST(Gemmini, ThePointThatTheFitDidNotUseIsWithinTenPercent) {
  for (const test::GemminiRow& row : test::gemmini_rows())
    if (!row.point.fitted)
      EXPECT_LT(std::abs(row.fitted_error()), 0.10) << row.point.size << ": " << row.fitted << " cycles";
}

TEST(Gemmini, TheFittedConstantIsTheBestNearAndFar) {
  const double best = misfit(test::kGemminiDispatchCycles);
  for (const int other : {1, 40, 80, 120, 150, 157, 159, 166, 200})
    EXPECT_LT(best, misfit(other)) << other << " cycles an instruction";
}

TEST(Gemmini, WithoutAFitLargeProductsAreNearAndSmallOnesTooFast) {
  for (const test::GemminiRow& row : test::gemmini_rows()) {
    EXPECT_LT(row.zero_fit_error(), 0.0) << row.point.size << ": the host's own work is not in the sources";
    // The array cannot be faster than a row a cycle.
    const auto size = static_cast<Cycles>(row.point.size);
    EXPECT_GE(row.zero_fit, size * size * size / (16 * 16));
  }
  EXPECT_LT(std::abs(test::gemmini_rows().back().zero_fit_error()), 0.05)
      << "512: nearly all of it is the array";
}

}  // namespace
}  // namespace nnp
