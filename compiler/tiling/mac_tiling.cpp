// SPDX-License-Identifier: Apache-2.0
#include "compiler/tiling/mac_tiling.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "compiler/tiling/column_tiles.h"
#include "isa/arch/matrix_shape.h"

namespace nnp::compiler {

MacShape mac_shape(const ir::Graph& graph, const ir::Node& node, const isa::ArchSpec& arch,
                   const FusedTail* tail, bool addend_resident) {
  MacShape shape;
  const ir::Value& x = graph.values[node.inputs[0]];
  const ir::Value& w = graph.values[node.inputs[1]];
  const ir::Value& y = graph.values[node.outputs[0]];
  shape.in = layout_of(x, arch);
  shape.out = layout_of(y, arch);
  shape.is_conv = node.op == ir::Op::conv;
  if (shape.is_conv) {
    shape.conv = std::get<ir::ConvAttributes>(node.attributes);
    shape.out_h = y.shape[2], shape.line_positions = y.shape[3];
    shape.in_h = x.shape[2], shape.in_w = x.shape[3];
    shape.lines = x.shape[0] * shape.out_h, shape.in_lines = x.shape[0] * shape.in_h;
    shape.in_line_bytes = static_cast<Bytes>(shape.in_w) * shape.in.pixel_bytes;
    shape.k = w.shape[1] * w.shape[2] * w.shape[3], shape.n = w.shape[0];
    shape.groups = shape.conv.group;
  } else {
    if (node.op == ir::Op::matmul && x.shape.size() == 3) shape.images = x.shape[0];
    shape.lines = shape.in_lines = shape.in.pixels / shape.images;
    shape.in_line_bytes = shape.in.pixel_bytes;
    shape.k = x.shape.back(), shape.n = y.shape.back();
  }
  shape.weight_element = ir::size_of(w.type);
  shape.adds = tail != nullptr && tail->adds(), shape.loads_addend = shape.adds && !addend_resident;
  shape.pools = tail != nullptr && !shape.adds;
  if (shape.pools) shape.pool = pool_window(graph, graph.nodes[tail->node]).value();
  if (node.op == ir::Op::matmul) {
    shape.right_line_bytes = layout_of(w, arch).pixel_bytes;
    shape.right_transposed = ir::transposes_right(node);
  }
  return shape;
}

std::pair<std::int64_t, std::int64_t> MacShape::input_lines(std::int64_t begin, std::int64_t end) const {
  if (!is_conv) return {begin, end};
  const std::int64_t image = begin / out_h, last_image = (end - 1) / out_h;
  const std::int64_t first = (begin - image * out_h) * conv.strides[0] - conv.pads[0];
  const std::int64_t last = (end - 1 - last_image * out_h) * conv.strides[0] - conv.pads[0] +
                            (conv.kernel[0] - 1) * conv.dilations[0] + 1;
  const std::int64_t low = image * in_h + std::clamp<std::int64_t>(first, 0, in_h - 1);
  return {low, std::max(low + 1, last_image * in_h + std::clamp<std::int64_t>(last, 1, in_h))};
}

std::int64_t most_tile_rows(const isa::ArchSpec& arch) {
  return std::min<std::int64_t>(isa::matrix_limits(arch).m, arch.accumulator_rows);
}
std::int64_t half_tile_rows(const isa::ArchSpec& arch) {
  return std::min<std::int64_t>(isa::matrix_limits(arch).m,
                                std::max<std::int64_t>(1, arch.accumulator_rows / 2));
}

ArrayTile array_tile(std::int64_t positions, std::int64_t columns, std::int64_t tile_m,
                     const isa::ArchSpec& arch) {
  const std::int64_t cols = arch.array_cols;
  const std::int64_t m = ceil_div(positions, ceil_div(positions, tile_m));
  // Columns in groups of array_cols, each with m accumulator rows of its own.
  const std::int64_t half = std::max<std::int64_t>(1, arch.accumulator_rows / 2);
  const std::int64_t groups =
      std::min({half / m, isa::matrix_limits(arch).n / cols, ceil_div(columns, cols)});
  return {m, std::max<std::int64_t>(1, groups) * cols};
}

std::int64_t tile_columns_of(const MacShape& shape, const MacTiling& tiling, const isa::ArchSpec& arch) {
  if (shape.groups > 1) return grouped_tile_columns(shape, arch);
  return array_tile(tiling.band_lines * shape.line_positions, tiling.slice_n, tiling.tile_m, arch).n;
}

Bytes staged_pixel_bytes(const MacShape& shape, std::int64_t slice_n, const isa::ArchSpec& arch) {
  if (slice_n >= shape.n) return shape.out.pixel_bytes;
  return round_up<Bytes>(static_cast<Bytes>(slice_n) * shape.out.element_bytes, arch.buffer_word_bytes);
}

Bytes staging_of(const MacShape& shape, const MacTiling& tiling, bool in_resident, bool out_resident,
                 const isa::ArchSpec& arch) {
  const auto round_word = [&](Bytes bytes) { return round_up<Bytes>(bytes, arch.buffer_word_bytes); };
  const bool sliced = tiling.slice_n < shape.n, banded = tiling.band_lines < shape.lines || shape.images > 1;
  const Bytes parameters =
      round_word(static_cast<Bytes>(tiling.slice_n) * sizeof(numerics::ChannelParam)) * (sliced ? 2 : 1);
  Bytes input = 0, output = 0;
  if (!in_resident) {
    std::int64_t most_lines = 0;
    for (std::int64_t line = 0; line < shape.lines; line += tiling.band_lines) {
      const auto [first, last] = shape.input_lines(line, std::min(shape.lines, line + tiling.band_lines));
      most_lines = std::max(most_lines, last - first);
    }
    input = round_word(static_cast<Bytes>(most_lines) * shape.in_line_bytes) *
            (banded ? tiling.input_buffers : 1);
  }
  const std::int64_t positions = tiling.band_lines * shape.line_positions;
  const auto stage = [&](bool staged, std::int64_t of_positions) {
    if (staged)
      output +=
          round_word(static_cast<Bytes>(of_positions) * staged_pixel_bytes(shape, tiling.slice_n, arch)) *
          (sliced || banded ? 2 : 1);
  };
  stage(!out_resident || shape.pools, positions);
  stage(shape.loads_addend, positions);
  stage(shape.pools && !out_resident, shape.stored_positions(positions));
  return parameters + input + output;
}

namespace {

/// Elements of W as the array takes it: zeros between groups count.
std::int64_t stored_weights(const MacShape& shape, std::int64_t tile_columns) {
  std::int64_t weights = 0;
  for (const ColumnTile& tile : column_tiles(shape, 0, shape.n, tile_columns)) weights += tile.k * tile.n;
  return weights;
}

}  // namespace

std::string fault_of(const MacProblem& problem, const MacTiling& tiling, const isa::ArchSpec& arch) {
  const MacShape& shape = problem.shape;
  const auto outside = [](const char* what, std::int64_t value, std::int64_t most) {
    return value < 1 || value > most ? fmt::format("{} {} is not in [1, {}]", what, value, most) : "";
  };
  if (auto fault = outside("a band's lines", tiling.band_lines, shape.lines); !fault.empty()) return fault;
  if (tiling.band_lines % shape.pool.h != 0)
    return fmt::format("a band's lines {} are not whole windows of the pool behind, of {}", tiling.band_lines,
                       shape.pool.h);
  if (auto fault = outside("a slice's columns", tiling.slice_n, shape.n); !fault.empty()) return fault;
  if (auto fault = outside("a tile's positions", tiling.tile_m, most_tile_rows(arch)); !fault.empty())
    return fault;
  if (auto fault = outside("the number of input buffers", tiling.input_buffers, 2); !fault.empty())
    return fault;
  const std::int64_t unit = column_unit(shape, arch);
  if (tiling.slice_n < shape.n && tiling.slice_n % unit != 0)
    return fmt::format("a slice's columns {} are neither all {} nor a multiple of {}", tiling.slice_n,
                       shape.n, unit);
  const Bytes needed = staging_of(shape, tiling, problem.in_resident, problem.out_resident, arch);
  if (needed > problem.staging)
    return fmt::format("its operands need {} bytes of buffer, {} are there for the layer", needed,
                       problem.staging);
  return "";
}

std::optional<MacTiling> choose_tiling(const MacProblem& problem, const isa::ArchSpec& arch) {
  const MacShape& shape = problem.shape;
  std::optional<MacTiling> best;
  double best_cost = std::numeric_limits<double>::infinity();
  const std::int64_t unit = column_unit(shape, arch);
  const double weight_bytes =
      static_cast<double>(stored_weights(shape, unit)) * static_cast<double>(shape.weight_element);
  const double output_bytes =
                   static_cast<double>(shape.out.bytes()) / static_cast<double>(shape.pool.h * shape.pool.w),
               input_bytes = static_cast<double>(shape.in.bytes());
  const std::int64_t most_positions = isa::matrix_limits(arch).m, tile_m = half_tile_rows(arch);
  std::int64_t last_band = 0;
  for (std::int64_t bands = 1; bands <= shape.lines; ++bands) {
    const std::int64_t band = round_up(ceil_div(shape.lines, bands), shape.pool.h);
    if (band == last_band) continue;
    last_band = band;
    for (std::int64_t cuts = 1;; cuts *= 2) {
      const std::int64_t slice = std::min(shape.n, round_up(ceil_div(shape.n, cuts), unit));
      for (const unsigned buffers : {2u, 1u}) {
        const MacTiling tiling{band, slice, tile_m, buffers};
        if (staging_of(shape, tiling, problem.in_resident, problem.out_resident, arch) > problem.staging)
          continue;
        // Bytes moved: weights once for all positions of a band that the array takes at once, halo lines
        // again, short runs waste bursts; without a second buffer loads are not hidden.
        const auto [first, last] = shape.input_lines(0, band);
        const std::int64_t fetches = ceil_div(band * shape.line_positions, most_positions);
        double cost =
            static_cast<double>(ceil_div(shape.lines, band) * shape.images * fetches) * weight_bytes;
        if (!problem.in_resident)
          cost += input_bytes * static_cast<double>(last - first) *
                  static_cast<double>(ceil_div(shape.lines, band)) / static_cast<double>(shape.in_lines) *
                  (buffers == 1 && band < shape.lines ? 2 : 1);
        if (!problem.out_resident)
          cost += output_bytes *
                  std::max(1.0, slice < shape.n ? 64.0 / static_cast<double>(slice * shape.out.element_bytes)
                                                : 1.0);
        if (cost < best_cost) best_cost = cost, best = tiling;
      }
      if (slice <= unit) break;
    }
  }
  return best;
}

}  // namespace nnp::compiler
