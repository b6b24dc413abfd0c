// SPDX-License-Identifier: Apache-2.0
#include "compiler/cost/layer_work.h"

#include <algorithm>

#include "compiler/tiling/column_tiles.h"
#include "isa/arch/matrix_shape.h"

namespace nnp::compiler {
namespace {

ColumnRun run_of(const MacShape& shape, std::int64_t k, std::int64_t n, const isa::ArchSpec& arch) {
  using Order = isa::WeightLayout::Order;
  const Order order = shape.right_line_bytes == 0 ? Order::tiles
                      : shape.right_transposed    ? Order::transposed
                                                  : Order::rows;
  const isa::WeightStrip strip(arch, static_cast<std::uint64_t>(k), static_cast<std::uint64_t>(n),
                               {order, shape.weight_element, shape.right_line_bytes});
  return {1, k, n, strip.bytes(), 0, static_cast<std::int64_t>(strip.tiles()), strip.run_bytes(0)};
}

SliceWork slice_of(const MacShape& shape, std::int64_t n0, std::int64_t n, std::int64_t columns,
                   const isa::ArchSpec& arch) {
  SliceWork slice{1, n, {}};
  if (shape.groups == 1) {
    if (n / columns > 0)
      slice.runs.push_back(run_of(shape, shape.k, columns, arch)), slice.runs.back().count = n / columns;
    if (n % columns > 0) slice.runs.push_back(run_of(shape, shape.k, n % columns, arch));
  } else {
    for (const ColumnTile& tile : column_tiles(shape, n0, n, columns)) {
      if (!slice.runs.empty() && slice.runs.back().k == tile.k && slice.runs.back().n == tile.n)
        ++slice.runs.back().count;
      else
        slice.runs.push_back(run_of(shape, tile.k, tile.n, arch));
    }
  }
  if (shape.right_line_bytes == 0) {
    const Bytes bytes = slice.weight_bytes();
    slice.runs.back().more_bytes = isa::rest_of_block(bytes, arch);
  }
  return slice;
}

}  // namespace

Bytes SliceWork::weight_bytes() const {
  Bytes bytes = 0;
  for (const ColumnRun& run : runs) bytes += static_cast<Bytes>(run.count) * run.bytes + run.more_bytes;
  return bytes;
}
std::int64_t SliceWork::instructions() const {
  std::int64_t sum = 0;
  for (const ColumnRun& run : runs) sum += run.count;
  return sum;
}

LayerWork layer_work(const MacProblem& problem, const MacTiling& tiling, const isa::ArchSpec& arch) {
  const MacShape& shape = problem.shape;
  LayerWork work;
  work.images = shape.images;
  work.sliced = tiling.slice_n < shape.n;
  work.banded = tiling.band_lines < shape.lines || shape.images > 1;
  work.tile_columns = tile_columns_of(shape, tiling, arch);

  const std::int64_t full_slices = shape.n / tiling.slice_n, rest_n = shape.n % tiling.slice_n;
  const bool equal_slices = shape.groups == 1 || tiling.slice_n % shape.group_columns() == 0;
  for (std::int64_t i = 0; i < (equal_slices ? std::min<std::int64_t>(full_slices, 1) : full_slices); ++i)
    work.slices.push_back(slice_of(shape, i * tiling.slice_n, tiling.slice_n, work.tile_columns, arch));
  if (equal_slices && full_slices > 0) work.slices.back().count = full_slices;
  if (rest_n > 0)
    work.slices.push_back(slice_of(shape, full_slices * tiling.slice_n, rest_n, work.tile_columns, arch));

  Bytes weights = 0;  // of all columns, once
  for (const SliceWork& slice : work.slices)
    weights += static_cast<Bytes>(slice.count) * slice.weight_bytes();

  const auto band_of = [&](std::int64_t lines, std::int64_t count) {
    const std::int64_t positions = lines * shape.line_positions;
    const std::int64_t tile = array_tile(positions, tiling.slice_n, tiling.tile_m, arch).m;
    return BandWork{count, positions, tile, 0};
  };
  const std::int64_t full_bands = shape.lines / tiling.band_lines,
                     rest_lines = shape.lines % tiling.band_lines;
  if (full_bands > 0) work.bands.push_back(band_of(tiling.band_lines, full_bands));
  if (rest_lines > 0) work.bands.push_back(band_of(rest_lines, 1));

  Bytes input = 0;  // of an image
  if (!problem.in_resident) {
    for (std::int64_t line = 0; line < shape.lines; line += tiling.band_lines) {
      const std::int64_t end = std::min(shape.lines, line + tiling.band_lines);
      const auto [first, last] = shape.input_lines(line, end);
      const Bytes bytes = static_cast<Bytes>(last - first) * shape.in_line_bytes;
      input += bytes;
      BandWork& band = end - line == tiling.band_lines ? work.bands.front() : work.bands.back();
      band.input_bytes += static_cast<double>(bytes);
    }
    for (BandWork& band : work.bands) band.input_bytes /= static_cast<double>(band.count);
  }
  std::int64_t bands = 0;
  for (const BandWork& band : work.bands) {
    bands += shape.images * band.count;
    work.weight_bytes += static_cast<Bytes>(shape.images * band.count * band.tiles()) * weights;
  }
  const Bytes parameters = static_cast<Bytes>(shape.n) * sizeof(numerics::ChannelParam);
  work.read_bytes = work.weight_bytes + static_cast<Bytes>(shape.images) * input +
                    parameters * static_cast<Bytes>(work.sliced ? bands : 1);
  work.out_pixel = shape.out.pixel_bytes, work.out_element = shape.out.element_bytes;
  const Bytes results = static_cast<Bytes>(shape.images * shape.stored_positions(shape.positions())) *
                        (work.sliced ? static_cast<Bytes>(shape.n) * work.out_element : work.out_pixel);
  if (!problem.out_resident) work.write_bytes = results;
  work.staged_pixel = staged_pixel_bytes(shape, tiling.slice_n, arch);
  work.sum_in_runs = !work.sliced || (!problem.out_resident && shape.loads_addend);
  if (shape.loads_addend) work.addend_bytes = results, work.read_bytes += results;
  return work;
}

}  // namespace nnp::compiler
