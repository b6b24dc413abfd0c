// SPDX-License-Identifier: Apache-2.0
// The sizes of a pool that is a layer of its own, and how it is cut: pieces of output lines, which end where
// the array's tiles have made all that they read, and bands of them that fit the staging area.
#pragma once

#include <algorithm>

#include "compiler/codegen/layer_emitter.h"
#include "compiler/tiling/pool_passes.h"

namespace nnp::compiler {

/// Output lines and channels at a time, and how many of each staged place.
struct PoolTiling {
  std::int64_t band = 1, slice = 1;
  unsigned buffers = 1;
};

struct PoolShape {
  ir::PoolAttributes pool;
  std::int64_t images, in_h, in_w, out_h, out_w;
  Layout in, out;
  bool in_resident = false, out_resident = false;
  bool two_passes = false;  // pool_passes.h

  std::int64_t row_bytes() const { return in_w * in.pixel_bytes; }
  PoolLine line() const { return {in_w, out_w, pool.kernel[0], pool.kernel[1], in}; }
  /// Input lines, first and past the last, that output lines [begin, end) of an image read.
  std::pair<std::int64_t, std::int64_t> input_lines(std::int64_t begin, std::int64_t end) const;
  /// Input lines of a band of output lines, at most.
  std::int64_t most_lines(std::int64_t band) const;
  /// Bytes between pixels of a staged slice of channels.
  std::int64_t slice_pixel(std::int64_t slice, const Layout& layout, const isa::ArchSpec& arch) const;
  /// Where the pieces of an image's output lines end; `ready_pixels`: LayerEmitter::drained_positions.
  std::vector<std::int64_t> pieces(std::int64_t image, const std::vector<std::int64_t>& ready_pixels,
                                   const isa::ArchSpec&) const;
  /// Output lines of the largest piece, and what no piece has more of.
  std::int64_t largest_piece(const std::vector<std::int64_t>& ready_pixels, const isa::ArchSpec&) const;
  std::int64_t most_piece_lines(const isa::ArchSpec& arch) const {
    return std::min(out_h, 2 * least_lines(arch) - 1);
  }
  /// Bytes of staging area; two passes have a band of the first one's lines there.
  Bytes staging(const PoolTiling&, const isa::ArchSpec&) const;

 private:
  std::int64_t lines_from(std::int64_t line) const;
  std::int64_t least_lines(const isa::ArchSpec&) const;
};

/// In one pass, with its values in device memory.
PoolShape pool_shape(const ir::Graph&, const ir::Node&, const isa::ArchSpec&);

/// As many whole lines of `most` as two buffers hold; then, for a single line, as many channels; then one
/// buffer.
PoolTiling pool_tiling(const PoolShape&, std::int64_t most, Bytes room, const isa::ArchSpec&);

}  // namespace nnp::compiler
