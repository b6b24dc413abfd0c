// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/candidates.h"

#include <algorithm>
#include <cmath>

#include "compiler/tiling/column_tiles.h"

namespace nnp::compiler {
namespace {

/// At most `count` sizes of an even part of `whole` in multiples of `unit`, none above `most`, the largest
/// first.
std::vector<std::int64_t> part_sizes(std::int64_t whole, std::int64_t unit, std::int64_t most,
                                     std::size_t count) {
  const auto part = [&](std::int64_t parts) {
    return std::min(whole, round_up(ceil_div(whole, parts), unit));
  };
  std::int64_t fewest = ceil_div(whole, std::max<std::int64_t>(1, most));
  while (part(fewest) > most && part(fewest) > unit) ++fewest;
  const double steps = std::max<double>(1, static_cast<double>(count) - 1);
  const double span =
      std::log(static_cast<double>(ceil_div(whole, unit)) / static_cast<double>(fewest)) / steps;
  std::vector<std::int64_t> sizes;
  for (std::size_t i = 0; i < count; ++i) {
    const auto parts = static_cast<std::int64_t>(
        std::lround(static_cast<double>(fewest) * std::exp(span * static_cast<double>(i))));
    const std::int64_t size = part(std::max(parts, fewest));
    if (sizes.empty() || size < sizes.back()) sizes.push_back(size);
  }
  return sizes;
}

/// Uniform over the logarithm, in [1, most].
std::int64_t any_up_to(std::int64_t most, std::mt19937_64& random) {
  const double unit = static_cast<double>(random() >> 11) * 0x1p-53;
  const double drawn = std::exp(unit * std::log(static_cast<double>(most) + 1));
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(drawn), 1, most);
}

}  // namespace

std::vector<MacTiling> candidates(const MacProblem& problem, const isa::ArchSpec& arch, const Grid& grid) {
  const MacShape& shape = problem.shape;
  std::vector<MacTiling> list;
  const auto add = [&](const MacTiling& tiling) {
    if (fault_of(problem, tiling, arch).empty()) list.push_back(tiling);
  };
  // A band whose operands stay is nothing but a limit to tile_m.
  const bool resident = problem.in_resident && problem.out_resident && !shape.pools;
  const std::int64_t unit = column_unit(shape, arch);
  for (const std::int64_t band :
       part_sizes(shape.lines, shape.pool.h, shape.lines, resident ? 1 : grid.bands))
    for (const std::int64_t slice : part_sizes(shape.n, unit, shape.n, grid.slices))
      for (const std::int64_t tile_m :
           part_sizes(band * shape.line_positions, 1, most_tile_rows(arch), grid.tiles))
        for (const unsigned buffers : {2u, 1u})
          if (buffers == 1 || (!problem.in_resident && (band < shape.lines || shape.images > 1)))
            add({band, slice, tile_m, buffers});
  if (const auto chosen = choose_tiling(problem, arch);
      chosen && std::ranges::find(list, *chosen) == list.end())
    list.push_back(*chosen);
  return list;
}

std::int64_t matrix_instructions(const MacShape& shape, const MacTiling& tiling, const isa::ArchSpec& arch) {
  const std::int64_t positions = tiling.band_lines * shape.line_positions;
  const std::int64_t tile = array_tile(positions, tiling.slice_n, tiling.tile_m, arch).m;
  return shape.images * ceil_div(shape.lines, tiling.band_lines) * ceil_div(positions, tile) *
         ceil_div(shape.n, tile_columns_of(shape, tiling, arch));
}

std::optional<MacTiling> random_tiling(const MacProblem& problem, const isa::ArchSpec& arch,
                                       std::mt19937_64& random, std::int64_t most_instructions) {
  const MacShape& shape = problem.shape;
  const std::int64_t unit = column_unit(shape, arch);
  for (int draw = 0; draw < 1000; ++draw) {
    MacTiling tiling;
    tiling.band_lines = shape.pool.h * any_up_to(shape.lines / shape.pool.h, random);
    tiling.slice_n = std::min(shape.n, unit * any_up_to(ceil_div(shape.n, unit), random));
    tiling.tile_m = any_up_to(most_tile_rows(arch), random);
    tiling.input_buffers = 1 + static_cast<unsigned>(random() % 2);
    if (fault_of(problem, tiling, arch).empty() &&
        matrix_instructions(shape, tiling, arch) <= most_instructions)
      return tiling;
  }
  return std::nullopt;
}

}  // namespace nnp::compiler
