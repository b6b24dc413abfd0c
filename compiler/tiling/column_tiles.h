// SPDX-License-Identifier: Apache-2.0
// How the columns of W (output channels) are cut for the array. A Conv in groups goes to it as dense products
// of a few whole groups each, block-diagonal weights between a window of input channels and its columns; or,
// where a group has more columns than the array, of a part of a group.
#pragma once

#include <vector>

#include "compiler/tiling/mac_tiling.h"

namespace nnp::compiler {

/// Columns [n0, n0 + n) of a matrix instruction and what they read: channels [channel0, channel0 + channels)
/// of the input, which with the columns form `groups` groups; k rows of W.
struct ColumnTile {
  std::int64_t n0, n, channel0, channels, groups, k;
};

/// The tiles of columns [n0, n0 + n), at most `most` columns each.
std::vector<ColumnTile> column_tiles(const MacShape&, std::int64_t n0, std::int64_t n, std::int64_t most);

/// Most columns of a tile of a Conv in groups: as many groups as make the fewest passes of the array over all
/// of them, and of those the fewest. Where a group alone has more columns than the array: array_cols.
std::int64_t grouped_tile_columns(const MacShape&, const isa::ArchSpec&);

/// Slices of columns are multiples of this, where they are not the rest.
std::int64_t column_unit(const MacShape&, const isa::ArchSpec&);

}  // namespace nnp::compiler
