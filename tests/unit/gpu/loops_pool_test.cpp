// SPDX-License-Identifier: Apache-2.0
// Pooling of the plain loops: which taps count, and averages of codes.
#include <gmock/gmock.h>

#include "tests/unit/gpu/memory.h"

namespace nnp::gpu {
namespace {

using nnp::testing::Bench;
using ::testing::ElementsAre;

/// Two rows of `width` pixels and two taps by two, padded by one in front and behind.
Pool pool_of(int width, bool average) {
  Pool pool;
  pool.window.H = 2, pool.window.W = width, pool.window.R = pool.window.S = 2;
  pool.window.P = 3, pool.window.Q = width + 1;
  pool.window.pad[0] = pool.window.pad[1] = 1;
  pool.average = average;
  return pool;
}

TEST(LoopsPool, TakesTheLargestTapInsideTheImage) {
  Bench bench;
  Pool pool = pool_of(2, false);
  pool.x.at = bench.place<float>({-1, -2, -3, std::numeric_limits<float>::quiet_NaN()});
  pool.y.at = bench.room<float>(9);
  bench.run(pool);
  EXPECT_THAT(bench.read<float>(pool.y.at, 9),
              ElementsAre(-1, -1, -2, -1, -1, -2, -3, -3, -std::numeric_limits<float>::infinity()));
}

TEST(LoopsPool, AveragesOverTheTapsInsideOrOverAll) {
  Bench bench;
  Pool pool = pool_of(1, true);
  pool.window.C = 2;
  pool.x.at = bench.place<float>({4, 40, 8, 80});
  pool.y.at = bench.room<float>(12);
  bench.run(pool);
  EXPECT_THAT(bench.read<float>(pool.y.at, 12), ElementsAre(4, 40, 4, 40, 6, 60, 6, 60, 8, 80, 8, 80));
  pool.count_padding = true;
  bench.run(pool);
  EXPECT_THAT(bench.read<float>(pool.y.at, 12), ElementsAre(1, 10, 1, 10, 3, 30, 3, 30, 2, 20, 2, 20));
}

TEST(LoopsPool, GivesZeroWhereNoTapCounts) {
  Bench bench;
  Pool pool;
  pool.average = true;
  pool.window.pad[1] = 1;  // the one tap of the one result lies left of the image
  pool.x = {bench.place<std::int8_t>({100}), Element::s8, 0.5F, -3};
  pool.y = {bench.room<std::int8_t>(1), Element::s8, 0.5F, -3};
  bench.run(pool);
  EXPECT_THAT(bench.read<std::int8_t>(pool.y.at, 1), ElementsAre(-3));
}

TEST(LoopsPool, AveragesCodesBetweenTwoScales) {
  Bench bench;
  Pool pool;
  pool.average = true;
  pool.window.W = pool.window.S = 4;
  pool.x = {bench.place<std::uint8_t>({130, 131, 129, 140}), Element::u8, 0.5F, 128};
  pool.y = {bench.room<std::int8_t>(1), Element::s8, 0.25F, -5};
  bench.run(pool);
  // 2 + 3 + 1 + 12 = 18 steps of 1 / 2 over 4 is 2.25, 9 steps of 1 / 4 above -5.
  EXPECT_THAT(bench.read<std::int8_t>(pool.y.at, 1), ElementsAre(4));
}

TEST(LoopsPool, SumsCodesExactlyBeyondWhatAFloatHolds) {
  Bench bench;
  Pool pool;
  pool.average = true;
  pool.window.W = pool.window.S = 513;  // a float sum stays at 2^24
  std::vector<std::int32_t> codes(513, 1);
  codes.front() = 1 << 24;
  pool.x = {bench.place(codes), Element::i32, 513.0F, 0};
  pool.y.at = bench.room<float>(1);
  bench.run(pool);
  EXPECT_THAT(bench.read<float>(pool.y.at, 1), ElementsAre(static_cast<float>((1 << 24) + 512)));
}

}  // namespace
}  // namespace nnp::gpu
