// SPDX-License-Identifier: Apache-2.0
// column_tiles: how output channels are cut for the array where a Conv has groups.
#include "compiler/tiling/column_tiles.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

namespace nnp::compiler {
namespace {

isa::ArchSpec array_of(std::uint32_t rows, std::uint32_t cols) {
  isa::ArchSpec arch;
  arch.array_rows = rows, arch.array_cols = cols;
  return arch;
}

MacShape grouped(std::int64_t groups, std::int64_t group_channels, std::int64_t group_columns,
                 std::int64_t taps = 9) {
  MacShape shape;
  shape.is_conv = true;
  shape.groups = groups, shape.in.channels = groups * group_channels;
  shape.n = groups * group_columns, shape.k = taps * group_channels;
  return shape;
}

// Passes of the array over a depthwise 3x3 of 32 channels. 256 rows hold the 9 taps of 28 channels: two
// passes at the least, and two windows of 16 channels do it with one each. 8 rows: 32 / g windows of ceil(9 g
// / 8) passes are 36 for g = 8, and more for any other g.
TEST(ColumnTiles, TakeAsManyGroupsAsMakeTheFewestPasses) {
  EXPECT_EQ(grouped_tile_columns(grouped(32, 1, 1), array_of(256, 256)), 16);
  EXPECT_EQ(grouped_tile_columns(grouped(32, 1, 1), array_of(8, 8)), 8);
  EXPECT_EQ(grouped_tile_columns(grouped(32, 1, 1), array_of(9, 8)), 1);  // one pass a channel, however cut
  EXPECT_EQ(grouped_tile_columns(grouped(32, 4, 4), array_of(256, 256)),
            28);  // 7 groups in 252 rows, 5 times
}

TEST(ColumnTiles, OfAGroupWiderThanTheArrayArePartsOfIt) {
  const std::vector<ColumnTile> tiles = column_tiles(grouped(2, 3, 20, 1), 0, 40, 8);
  std::vector<std::int64_t> begins, channels;
  for (const ColumnTile& tile : tiles) begins.push_back(tile.n0), channels.push_back(tile.channel0);
  EXPECT_EQ(begins, (std::vector<std::int64_t>{0, 8, 16, 20, 28, 36}));
  EXPECT_EQ(channels, (std::vector<std::int64_t>{0, 0, 0, 3, 3, 3}));
}

TEST(ColumnTiles, CoverEveryColumnOnceWithTheChannelsOfItsGroup) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    std::mt19937 engine(seed);
    const auto pick = [&](unsigned low, unsigned high) {
      return static_cast<std::int64_t>(low + engine() % (high - low + 1));
    };
    const MacShape shape = grouped(pick(2, 12), pick(1, 4), pick(1, 12), pick(1, 9));
    const std::int64_t first = pick(0, 5), end = std::max(first + 1, shape.n - pick(0, 5)),
                       most = grouped_tile_columns(shape, array_of(static_cast<unsigned>(pick(1, 40)),
                                                                   static_cast<unsigned>(pick(1, 40))));
    std::int64_t next = first, useful = 0;
    for (const ColumnTile& tile : column_tiles(shape, first, end - first, most)) {
      EXPECT_EQ(tile.n0, next);
      EXPECT_LE(tile.n, most);
      for (std::int64_t n = tile.n0; n < tile.n0 + tile.n; ++n) {
        const std::int64_t channel = n / shape.group_columns() * shape.group_channels();
        EXPECT_GE(channel, tile.channel0);
        EXPECT_LE(channel + shape.group_channels(), tile.channel0 + tile.channels);
      }
      useful += tile.k * tile.n / tile.groups;
      next = tile.n0 + tile.n;
    }
    EXPECT_EQ(next, end);
    EXPECT_EQ(useful, (end - first) * shape.k);  // what the statistics count
  }
}

}  // namespace
}  // namespace nnp::compiler
