// SPDX-License-Identifier: Apache-2.0
// The batch from which on a rival leads.
#include "host_runtime/comparison/crossover.h"

#include <gtest/gtest.h>

#include <cmath>

namespace nnp::comparison {
namespace {

TEST(Crossover, IsTheSmallestBatchFromWhichOnTheRivalLeads) {
  const Crossover c = crossover({{1, 100}, {4, 100}, {16, 100}}, {{1, 50}, {4, 50}, {16, 150}});
  EXPECT_TRUE(c.comparable);
  EXPECT_EQ(c.batch, 16);
  EXPECT_NEAR(*c.interpolated, 8, 1e-9) << "half way between 4 and 16 in the logarithm";
}

TEST(Crossover, DoesNotCountALeadThatIsLostAgain) {
  const Crossover c = crossover({{1, 10}, {2, 10}, {4, 10}, {8, 10}}, {{1, 20}, {2, 5}, {4, 15}, {8, 20}});
  EXPECT_EQ(c.batch, 4);
  EXPECT_NEAR(*c.interpolated, std::exp2(1.5), 1e-9);
  EXPECT_FALSE(crossover({{1, 10}, {8, 10}}, {{1, 20}, {8, 5}}).batch);
}

TEST(Crossover, HasNothingToInterpolateWhereTheRivalAlwaysLeads) {
  const Crossover c = crossover({{1, 10}, {8, 10}}, {{1, 20}, {8, 30}});
  EXPECT_EQ(c.batch, 1);
  EXPECT_FALSE(c.interpolated);
}

TEST(Crossover, LooksAtBatchesThatBothHave) {
  EXPECT_FALSE(crossover({{1, 10}}, {{8, 10}}).comparable);
  const Crossover c = crossover({{1, 10}, {8, 10}}, {{2, 100}, {8, 20}});
  EXPECT_EQ(c.batch, 8);
  EXPECT_FALSE(c.interpolated) << "no batch below it is common";
}

}  // namespace
}  // namespace nnp::comparison
