// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "compiler/mapping/mapping_file.h"
#include "compiler/tiling/column_tiles.h"

namespace nnp::compiler {

std::string shape_words(const MacShape& shape) {
  const std::int64_t taps = shape.is_conv ? shape.conv.kernel[0] * shape.conv.kernel[1] : 1;
  std::string words = fmt::format(
      "N={} P={} Q={} M={} C={} R={} S={}", shape.is_conv ? shape.lines / shape.out_h : shape.images,
      shape.is_conv ? shape.out_h : shape.lines, shape.line_positions, shape.n, shape.k / taps * shape.groups,
      shape.is_conv ? shape.conv.kernel[0] : 1, shape.is_conv ? shape.conv.kernel[1] : 1);
  if (shape.groups > 1) words += fmt::format(" groups={}", shape.groups);
  return words;
}

std::vector<std::string> loop_nest(const MacShape& shape, const MacTiling& tiling,
                                   const isa::ArchSpec& arch) {
  const std::int64_t columns = tile_columns_of(shape, tiling, arch);
  const std::int64_t positions = tiling.band_lines * shape.line_positions;
  const ArrayTile tile = array_tile(positions, tiling.slice_n, tiling.tile_m, arch);
  const auto tiles = column_tiles(shape, 0, tiling.slice_n, columns);
  std::vector<std::string> lines;
  const auto loop = [&](const char* index, std::int64_t count, const std::string& what) {
    lines.push_back(fmt::format("{:{}}for {} in {:<6} {}", "", 2 * lines.size(), index, count, what));
  };
  if (!shape.several_images()) loop("n", shape.images, "images");
  loop(shape.several_images() ? "np" : "p", ceil_div(shape.lines, tiling.band_lines),
       fmt::format("bands of {} lines: device memory to buffer, {} at hand", tiling.band_lines,
                   tiling.input_buffers));
  loop("m", ceil_div(shape.n, tiling.slice_n), fmt::format("slices of {} output channels", tiling.slice_n));
  loop("pq", ceil_div(positions, tile.m), fmt::format("matrix instructions of {} positions", tile.m));
  loop("m", static_cast<std::int64_t>(tiles.size()),
       fmt::format("and {} output channels, weights from device memory", tiles.front().n));
  loop("crs", ceil_div<std::int64_t>(tiles.front().k, arch.array_rows),
       fmt::format("passes of the array: {} of {} terms x {} columns side by side",
                   std::min<std::int64_t>(tiles.front().k, arch.array_rows), tiles.front().k,
                   std::min<std::int64_t>(tiles.front().n, arch.array_cols)));
  if (shape.adds)
    lines.push_back(fmt::format(
        "{:8}then the sum with another value, in the buffer, behind each instruction's columns", ""));
  if (shape.pools)
    lines.push_back(fmt::format("{:8}then the pool of {} x {}, in the buffer, of lines that are complete", "",
                                shape.pool.h, shape.pool.w));
  return lines;
}

}  // namespace nnp::compiler
