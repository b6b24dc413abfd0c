// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/pool_shape.h"

#include <algorithm>

#include "compiler/tiling/pieces.h"

namespace nnp::compiler {

std::pair<std::int64_t, std::int64_t> PoolShape::input_lines(std::int64_t begin, std::int64_t end) const {
  const std::int64_t first = std::clamp<std::int64_t>(begin * pool.strides[0] - pool.pads[0], 0, in_h - 1);
  const std::int64_t last = (end - 1) * pool.strides[0] - pool.pads[0] + pool.kernel[0];
  return {first, std::clamp(last, first + 1, in_h)};
}

std::int64_t PoolShape::most_lines(std::int64_t band) const {
  return std::min(in_h, (band - 1) * pool.strides[0] + pool.kernel[0]);
}

std::int64_t PoolShape::slice_pixel(std::int64_t slice, const Layout& layout,
                                    const isa::ArchSpec& arch) const {
  if (slice == layout.channels) return layout.pixel_bytes;
  return round_up<std::int64_t>(slice * layout.element_bytes, arch.buffer_word_bytes);
}

/// Output lines of an image for which its input lines before `line` are enough.
std::int64_t PoolShape::lines_from(std::int64_t line) const {
  if (line >= in_h) return out_h;
  const std::int64_t below = line + pool.pads[0] - pool.kernel[0];
  return below < 0 ? 0 : std::min(below / pool.strides[0] + 1, out_h);
}

/// Fewest output lines of a piece: no unit takes more than a word a cycle; and of input that is loaded at
/// most an eighth lies in two pieces.
std::int64_t PoolShape::least_lines(const isa::ArchSpec& arch) const {
  const std::int64_t word = arch.buffer_word_bytes;
  const std::int64_t cycles =
      two_passes ? two_pass_cycles(line(), word, arch) : one_pass_cycles(line(), word, arch);
  const std::int64_t shared = std::max<std::int64_t>(0, pool.kernel[0] - pool.strides[0]);
  return std::max(least_vector_lines(static_cast<Bytes>(cycles * word), arch),
                  in_resident ? 0 : ceil_div<std::int64_t>(8 * shared, pool.strides[0]));
}

std::vector<std::int64_t> PoolShape::pieces(std::int64_t image, const std::vector<std::int64_t>& ready_pixels,
                                            const isa::ArchSpec& arch) const {
  std::vector<std::int64_t> ready;
  for (const std::int64_t pixel : ready_pixels)
    if (const std::int64_t line = pixel / in_w - image * in_h; line > 0 && line <= in_h)
      ready.push_back(lines_from(line));
  return piece_ends(out_h, least_lines(arch), ready);
}

std::int64_t PoolShape::largest_piece(const std::vector<std::int64_t>& ready_pixels,
                                      const isa::ArchSpec& arch) const {
  std::int64_t most = 1;
  for (std::int64_t image = 0; image < images; ++image) {
    std::int64_t begin = 0;
    for (const std::int64_t end : pieces(image, ready_pixels, arch))
      most = std::max(most, end - begin), begin = end;
  }
  return most;
}

Bytes PoolShape::staging(const PoolTiling& tiling, const isa::ArchSpec& arch) const {
  Bytes bytes = 4 * arch.buffer_word_bytes;  // rounding of up to four places
  if (two_passes) bytes += arch.buffer_word_bytes + static_cast<Bytes>(tiling.band * row_bytes());
  if (!in_resident)
    bytes += static_cast<Bytes>(most_lines(tiling.band) * in_w * slice_pixel(tiling.slice, in, arch)) *
             tiling.buffers;
  if (!out_resident)
    bytes += static_cast<Bytes>(tiling.band * out_w * slice_pixel(tiling.slice, out, arch)) * tiling.buffers;
  return bytes;
}

PoolShape pool_shape(const ir::Graph& graph, const ir::Node& node, const isa::ArchSpec& arch) {
  const ir::Value& x = graph.values[node.inputs[0]];
  const ir::Value& y = graph.values[node.outputs[0]];
  return {std::get<ir::PoolAttributes>(node.attributes),
          x.shape[0],
          x.shape[2],
          x.shape[3],
          y.shape[2],
          y.shape[3],
          layout_of(x, arch),
          layout_of(y, arch)};
}

PoolTiling pool_tiling(const PoolShape& shape, std::int64_t most, Bytes room, const isa::ArchSpec& arch) {
  const auto fits = [&](const PoolTiling& tiling) { return shape.staging(tiling, arch) <= room; };
  PoolTiling tiling{most, shape.in.channels, 2};
  while (tiling.band > 1 && !fits(tiling)) --tiling.band;
  const std::int64_t least =
      std::min<std::int64_t>(shape.in.channels, arch.buffer_word_bytes / shape.in.element_bytes);
  while (tiling.slice > least && !fits(tiling))
    tiling.slice = std::max(least, tiling.slice / 2 / least * least);
  if (!fits(tiling)) tiling.buffers = 1;
  return tiling;
}

}  // namespace nnp::compiler
