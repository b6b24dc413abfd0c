// SPDX-License-Identifier: Apache-2.0
// Rung: unit. Injected stalls are a pure function of seed, place, unit and item, and as frequent and as long
// as was asked for.
#include "sim/kernel/stalls.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace nnp::sim {
namespace {

TEST(Stalls, AreNoneUnlessAskedFor) {
  for (const Stalls& stalls : {Stalls(), Stalls({7, 0, 16}), Stalls({7, 500, 0})})
    for (std::uint64_t item = 0; item < 1000; ++item) EXPECT_EQ(stalls.of(StallPlace::memory, 1, item), 0u);
}

// Of 100,000 items a share of 0.25 has a standard deviation of 0.0014, each of 5 lengths of 0.0007.
TEST(Stalls, ComeAsOftenAsAskedForAndEachLengthIsAsLikely) {
  constexpr int kItems = 100'000;
  const Stalls stalls({3, 250, 5});
  std::map<Cycles, int> count;
  for (std::uint64_t item = 0; item < kItems; ++item) ++count[stalls.of(StallPlace::buffer, 4, item)];
  EXPECT_NEAR(count[0], 0.75 * kItems, 0.007 * kItems);
  EXPECT_EQ(count.size(), 6u) << "0, and 1 to 5";
  for (Cycles length = 1; length <= 5; ++length) EXPECT_NEAR(count[length], 0.05 * kItems, 0.0035 * kItems);
}

TEST(Stalls, DifferBySeedPlaceUnitAndItemAndAreOtherwiseTheSame) {
  const auto draws = [](std::uint64_t seed, StallPlace place, std::uint64_t unit, std::uint64_t first) {
    std::vector<Cycles> lengths;
    for (std::uint64_t item = first; item < first + 64; ++item)
      lengths.push_back(Stalls({seed, 500, 30}).of(place, unit, item));
    return lengths;
  };
  const auto one = draws(1, StallPlace::link, 2, 0);
  EXPECT_EQ(one, draws(1, StallPlace::link, 2, 0));
  EXPECT_NE(one, draws(2, StallPlace::link, 2, 0));
  EXPECT_NE(one, draws(1, StallPlace::memory, 2, 0));
  EXPECT_NE(one, draws(1, StallPlace::link, 3, 0));
  EXPECT_NE(one, draws(1, StallPlace::link, 2, 1));
}

}  // namespace
}  // namespace nnp::sim
