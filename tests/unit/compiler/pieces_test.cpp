// SPDX-License-Identifier: Apache-2.0
// Rung: unit. Where work is cut.
#include "compiler/tiling/pieces.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace nnp::compiler {
namespace {

using Ends = std::vector<std::int64_t>;

TEST(Pieces, AreAsManyAsTheLeastAllowsAndAsEvenAsTheyGo) {
  EXPECT_EQ(piece_ends(10, 3), (Ends{3, 6, 10}));
  EXPECT_EQ(piece_ends(12, 3), (Ends{3, 6, 9, 12}));
  EXPECT_EQ(piece_ends(5, 3), (Ends{5}));
  EXPECT_EQ(piece_ends(2, 3), (Ends{2}));
  EXPECT_EQ(piece_ends(0, 3), (Ends{}));
}

TEST(Pieces, EndWhereTheirSourceBecomesComplete) {
  EXPECT_EQ(piece_ends(100, 20, {50}), (Ends{25, 50, 75, 100}));
  EXPECT_EQ(piece_ends(100, 20, {10, 25, 30, 85, 100}), (Ends{25, 50, 75, 100}))
      << "10, 30 and 85 are too close";
}

TEST(Pieces, CoverAllLinesOnceAndNoneIsTooSmall) {
  std::mt19937_64 random(1);
  const auto pick = [&](std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  for (int round = 0; round < 2000; ++round) {
    const std::int64_t lines = pick(1, 200), least = pick(1, 60);
    Ends ready(static_cast<std::size_t>(pick(0, 9)));
    for (std::int64_t& place : ready) place = pick(1, lines);
    std::ranges::sort(ready);
    const Ends ends = piece_ends(lines, least, ready);
    ASSERT_FALSE(ends.empty());
    EXPECT_EQ(ends.back(), lines);
    std::int64_t begin = 0;
    for (const std::int64_t end : ends) {
      EXPECT_GE(end - begin, std::min(lines, least)) << lines << " lines, least " << least;
      begin = end;
    }
  }
}

// The instruction's own cycles are one in so many of those that its words take, at a word a cycle.
TEST(Pieces, OfTheVectorUnitHideWhatAnInstructionCosts) {
  isa::ArchSpec arch;
  for (const std::uint32_t word : {8u, 16u, 256u})
    for (const Bytes line : {1u, 3u, 256u, 100000u}) {
      arch.buffer_word_bytes = word;
      const std::int64_t lines = least_vector_lines(line, arch);
      const auto cycles = [&](std::int64_t count) {
        return static_cast<double>(count) * static_cast<double>(line) / word;
      };
      EXPECT_GE(cycles(lines), kInstructionCycles * kLeastShare);
      EXPECT_LT(cycles(lines - 1), kInstructionCycles * kLeastShare);
    }
}

}  // namespace
}  // namespace nnp::compiler
