// SPDX-License-Identifier: Apache-2.0
// A Conv or Gemm as the array sees it: images x lines x positions times K x N, and how it is cut into bands
// and slices.
#pragma once

#include <optional>
#include <string>

#include "compiler/tiling/memory_plan.h"
#include "isa/numerics/numerics.h"

namespace nnp::compiler {

/// Conv: a line is an output row; the images of a batch lie one below the other, and their lines are counted
/// on, so that a strip of weights serves all of them. Gemm: a line is a row of A. MatMul: an image is a pair
/// of matrices of the batch, each with weights of its own.
struct MacShape {
  bool is_conv = false;
  std::int64_t images = 1, lines = 0, line_positions = 1;  // lines: of an image; Conv: of all of them
  std::int64_t out_h = 1;                                  // Conv: lines of one image of the batch
  std::int64_t k = 0, n = 0;                               // k: of one group
  std::int64_t groups = 1;    // of channels and columns; columns read the channels of their own group
  Bytes weight_element = 1;   // bytes
  std::int64_t in_lines = 0;  // stored input lines of an image; Conv: of all of them
  Bytes in_line_bytes = 0;
  Layout in, out;
  ir::ConvAttributes conv;
  std::int64_t in_h = 1, in_w = 1;
  /// MatMul: where its right side lies as an activation, K lines or, transposed, N. 0: the weights are
  /// constant.
  Bytes right_line_bytes = 0;
  bool right_transposed = false;
  /// A FusedTail: each tile of results gets another value added before it goes on; from device memory, if not
  /// resident. Or windows of results go on as one.
  bool adds = false, loads_addend = false, pools = false;
  PoolWindow pool;

  /// Input lines [first, last) that output lines [begin, end) read.
  std::pair<std::int64_t, std::int64_t> input_lines(std::int64_t begin, std::int64_t end) const;
  std::int64_t positions() const { return lines * line_positions; }  // of an image
  /// Results of so many positions, whole windows, that go on.
  std::int64_t stored_positions(std::int64_t positions) const { return positions / (pool.h * pool.w); }
  bool several_images() const { return is_conv && lines > out_h; }
  std::int64_t channels() const { return in.channels; }
  std::int64_t group_channels() const { return in.channels / groups; }
  std::int64_t group_columns() const { return n / groups; }
};
/// With the sum that the layer makes, if any, and whether its other operand is resident.
MacShape mac_shape(const ir::Graph&, const ir::Node&, const isa::ArchSpec&, const FusedTail* = nullptr,
                   bool addend_resident = false);

/// Bytes from one position of a slice to the next where results are staged, and the addend beside them.
Bytes staged_pixel_bytes(const MacShape&, std::int64_t slice_n, const isa::ArchSpec&);

/// How a layer is cut. A step is a band of output lines and of it a slice of output channels; a matrix
/// instruction takes at most tile_m positions of it. Bands are in the buffer one after the other, of
/// input_buffers a band ahead.
struct MacTiling {
  std::int64_t band_lines = 0, slice_n = 0;
  std::int64_t tile_m = 0;
  unsigned input_buffers = 1;
  bool operator==(const MacTiling&) const = default;
};

/// The most rows of A that one matrix instruction may have: what its array and the accumulators take. With at
/// most half of them another instruction's sums drain meanwhile.
std::int64_t most_tile_rows(const isa::ArchSpec&);
std::int64_t half_tile_rows(const isa::ArchSpec&);

/// The matrix instructions of a step of `positions` x `columns`: rows of A, at most tile_m and as even as
/// they go, and columns of W. At least two of them fit the accumulators if half of those hold tile_m rows.
struct ArrayTile {
  std::int64_t m = 0, n = 0;
};
ArrayTile array_tile(std::int64_t positions, std::int64_t columns, std::int64_t tile_m, const isa::ArchSpec&);

/// The tile columns of a layer's matrix instructions.
std::int64_t tile_columns_of(const MacShape&, const MacTiling&, const isa::ArchSpec&);

/// Buffer bytes that a tiling takes beside resident values.
Bytes staging_of(const MacShape&, const MacTiling&, bool in_resident, bool out_resident,
                 const isa::ArchSpec&);

/// What a layer is cut for: where its operands are and the buffer bytes that it has for itself.
struct MacProblem {
  MacShape shape;
  bool in_resident = false, out_resident = false;
  Bytes staging = 0;
};
/// Why a tiling is not one of the problem's, in words; empty when it is.
std::string fault_of(const MacProblem&, const MacTiling&, const isa::ArchSpec&);
/// The tiling with the least traffic that fits; nullopt when none does.
std::optional<MacTiling> choose_tiling(const MacProblem&, const isa::ArchSpec&);

}  // namespace nnp::compiler
