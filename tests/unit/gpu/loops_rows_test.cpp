// SPDX-License-Identifier: Apache-2.0
// Softmax, layer normalisation and gather of the plain loops, against their formulas.
#include <gmock/gmock.h>

#include <cmath>

#include "compiler/ir/half.h"
#include "tests/unit/gpu/memory.h"

namespace nnp::gpu {
namespace {

using nnp::testing::Bench;
using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::FloatNear;

TEST(LoopsSoftmax, GivesThePartsOfEachRow) {
  Bench bench;
  Softmax s;
  s.rows = 2, s.n = 2;
  // e^x is 1 : 3 in the first row; the second one, of numbers whose e^x has no float, is even.
  s.x.at = bench.place<float>({5, 5 + std::log(3.0F), 1000, 1000});
  s.y.at = bench.room<float>(4);
  bench.run(s);
  EXPECT_THAT(bench.read<float>(s.y.at, 4),
              ElementsAre(FloatNear(0.25F, 1e-6F), FloatNear(0.75F, 1e-6F), 0.5F, 0.5F));
}

TEST(LoopsSoftmax, ReadsAndWritesCodesInPlace) {
  Bench bench;
  Softmax s;
  s.n = 3;
  // Reals 0, 0 and log 2: a quarter, a quarter, a half; in 256ths.
  s.x = {bench.place<std::uint8_t>({10, 10, 11}), Element::u8, std::log(2.0F), 10};
  s.y = {s.x.at, Element::u8, 1 / 256.0F, 0};
  bench.run(s);
  EXPECT_THAT(bench.read<std::uint8_t>(s.y.at, 3), ElementsAre(64, 64, 128));
}

TEST(LoopsLayerNormalization, IsOfMeanZeroAndVarianceOneThenScaledAndShifted) {
  Bench bench;
  LayerNormalization l;
  l.rows = 2, l.n = 2;
  l.epsilon = 0;
  l.x.at = bench.place<float>({1, 5, -3, -7});  // 3 +- 2, -5 +- 2
  l.y.at = bench.room<float>(4);
  bench.run(l);
  EXPECT_THAT(bench.read<float>(l.y.at, 4), ElementsAre(-1, 1, 1, -1));
  l.scale = bench.place<float>({2, 3});
  l.shift = bench.place<float>({10, 20});
  l.epsilon = 12;  // 1 / sqrt(4 + 12)
  bench.run(l);
  EXPECT_THAT(bench.read<float>(l.y.at, 4), ElementsAre(9, 21.5F, 11, 18.5F));
}

TEST(LoopsGather, CountsIndicesBelowZeroFromTheEnd) {
  Bench bench;
  Gather g;
  g.rows = 3, g.n = 2, g.table_rows = 3;
  g.table.at = bench.place<float>({1, 2, 3, 4, 5, 6});
  g.indices = bench.place<std::int64_t>({2, -3, -2});
  g.y.at = bench.room<float>(6);
  bench.run(g);
  EXPECT_THAT(bench.read<float>(g.y.at, 6), ElementsAre(5, 6, 1, 2, 3, 4));
}

TEST(LoopsGather, ConvertsCodes) {
  Bench bench;
  Gather g;
  g.n = 2, g.table_rows = 1;
  g.table = {bench.place<std::int8_t>({-3, 5}), Element::s8, 0.5F, 1};
  g.indices = bench.place<std::int64_t>({0});
  g.y.at = bench.room<float>(2);
  bench.run(g);
  EXPECT_THAT(bench.read<float>(g.y.at, 2), ElementsAre(-2, 2));
}

TEST(LoopsGather, NamesAnIndexOutsideTheTable) {
  Bench bench;
  Gather g;
  g.table_rows = 3;
  g.table.at = bench.place<float>({1, 2, 3});
  g.y.at = bench.room<float>(1);
  for (const std::int64_t index : {std::int64_t{3}, std::int64_t{-4}}) {
    g.indices = bench.place<std::int64_t>({index});
    try {
      bench.run(g);
      FAIL() << "index " << index << " is taken";
    } catch (const GpuError& error) {
      EXPECT_THAT(error.what(), ::testing::HasSubstr(std::to_string(index)));
    }
  }
}

}  // namespace
}  // namespace nnp::gpu
