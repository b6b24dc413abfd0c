// SPDX-License-Identifier: Apache-2.0
// What a matrix instruction of a Conv, Gemm or MatMul multiplies: strips of constant weights, and the
// geometry of the image.
#pragma once

#include "compiler/codegen/weight_strips.h"
#include "compiler/tiling/column_tiles.h"

namespace nnp::compiler {

/// The strips of all tiles of `tile_columns`, slice by slice, by their first column. Weights between a tile's
/// groups are zero.
void add_weight_strips(StripPlaces&, const ir::Tensor& weights, const MacShape&, std::int64_t slice_n,
                       std::int64_t tile_columns);

/// CONV's words. `first_row`: the image row at its address; `pad`: what an element outside the image is.
std::vector<WordValue> image_words(const MacShape&, const ColumnTile&, std::int64_t first_row,
                                   std::int32_t pad);

}  // namespace nnp::compiler
