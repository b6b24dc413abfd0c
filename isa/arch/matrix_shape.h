// SPDX-License-Identifier: Apache-2.0
// What an array's kind and size make of one matrix instruction: how large it may be, which accumulators it
// writes, and how its weights are cut into the tiles that WLOAD fetches. Compiler, simulator and the
// description of accesses all ask here.
#pragma once

#include "isa/arch/arch_spec.h"

namespace nnp::isa {

/// The largest m and n of one MATMUL or CONV. k has no limit but its field: an array takes it in passes of
/// array_rows (output stationary: in one pass).
struct MatrixLimits {
  std::uint32_t m = 0, n = 0;
};
/// Weight stationary and adder tree: m at most most_rows, n at most array_cols. Output stationary: m at most
/// array_rows, n at most array_cols. Input stationary: m at most array_cols, any n. "Any" is what the fields
/// hold.
MatrixLimits matrix_limits(const ArchSpec&);

/// Columns of an instruction that share one accumulator row: its sums (i, j) lie in row acc + (j / columns) m
/// + i, column j % columns. Always array_cols; only input-stationary instructions have more columns than
/// that. Returns the accumulator rows of m x n sums, m where array_cols is 0.
std::uint64_t accumulator_rows_of(std::uint64_t m, std::uint64_t n, const ArchSpec&);

/// The weight tiles of k x n weights: array_rows x array_cols each, the last of k and of n partial, in order
/// of k and within it of n. In memory a tile is [k][n] int8, row-major: a whole array's bytes where the chip
/// fetches padded tiles, else its own; tiles follow each other without gaps. Rows and columns are not 0.
class WeightStrip {
 public:
  WeightStrip(const ArchSpec&, std::uint64_t k, std::uint64_t n);
  std::uint64_t tiles() const { return k_tiles_ * n_tiles_; }
  std::uint64_t n_tiles() const { return n_tiles_; }  // 1 but for input stationary
  std::uint64_t tile_rows(std::uint64_t tile) const;
  std::uint64_t tile_cols(std::uint64_t tile) const;
  Bytes tile_bytes(std::uint64_t tile) const {
    return padded_ ? rows_ * cols_ : tile_rows(tile) * tile_cols(tile);
  }
  /// Of a tile's first weight from the start of the strip.
  Bytes tile_offset(std::uint64_t tile) const;
  /// Between two rows of a tile.
  Bytes row_stride(std::uint64_t tile) const { return padded_ ? cols_ : tile_cols(tile); }
  /// What WLOAD fetches.
  Bytes bytes() const { return padded_ ? tiles() * rows_ * cols_ : k_ * n_; }

 private:
  std::uint64_t rows_, cols_, k_, n_, k_tiles_, n_tiles_;
  bool padded_;
};

/// Bytes from the end of a strip to the next multiple of the chip's weight alignment.
inline Bytes rest_of_block(Address end, const ArchSpec& arch) {
  return round_up<Address>(end, arch.weight_align_bytes) - end;
}

}  // namespace nnp::isa
