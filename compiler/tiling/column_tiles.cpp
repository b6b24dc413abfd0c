// SPDX-License-Identifier: Apache-2.0
#include "compiler/tiling/column_tiles.h"

#include <algorithm>

namespace nnp::compiler {
namespace {

/// Columns of the next tile: never across the border of a group that it only takes a part of.
std::int64_t tile_end(const MacShape& shape, std::int64_t n0, std::int64_t end, std::int64_t most) {
  const std::int64_t last = std::min(end, n0 + most);
  if (shape.groups == 1) return last;
  const std::int64_t columns = shape.group_columns(), border = round_up(n0 + 1, columns);
  const bool begins_group = n0 % columns == 0;
  if (!begins_group || border > last) return std::min(last, border);
  return last / columns * columns;
}

}  // namespace

std::vector<ColumnTile> column_tiles(const MacShape& shape, std::int64_t n0, std::int64_t n,
                                     std::int64_t most) {
  std::vector<ColumnTile> tiles;
  for (const std::int64_t end = n0 + n; n0 < end;) {
    const std::int64_t last = tile_end(shape, n0, end, most);
    ColumnTile tile{n0, last - n0, 0, shape.channels(), 1, shape.k};
    if (shape.groups > 1) {
      const std::int64_t first_group = n0 / shape.group_columns();
      tile.groups = ceil_div(last, shape.group_columns()) - first_group;
      tile.channel0 = first_group * shape.group_channels();
      tile.channels = tile.groups * shape.group_channels();
      tile.k = tile.groups * shape.k;
    }
    tiles.push_back(tile);
    n0 = last;
  }
  return tiles;
}

std::int64_t grouped_tile_columns(const MacShape& shape, const isa::ArchSpec& arch) {
  const std::int64_t most = std::min<std::int64_t>(shape.groups, arch.array_cols / shape.group_columns());
  if (most == 0) return arch.array_cols;
  std::int64_t best = 1, fewest = 0;
  for (std::int64_t groups = 1; groups <= most; ++groups) {
    const std::int64_t passes =
        ceil_div(shape.groups, groups) * ceil_div<std::int64_t>(groups * shape.k, arch.array_rows);
    if (groups == 1 || passes < fewest) best = groups, fewest = passes;
  }
  return best * shape.group_columns();
}

std::int64_t column_unit(const MacShape& shape, const isa::ArchSpec& arch) {
  return shape.groups > 1 ? grouped_tile_columns(shape, arch) : static_cast<std::int64_t>(arch.array_cols);
}

}  // namespace nnp::compiler
