// SPDX-License-Identifier: Apache-2.0
#include "isa/arch/matrix_shape.h"

#include <algorithm>

namespace nnp::isa {
namespace {

constexpr std::uint32_t kMost = 0xFFFF;  // the 16 bits of m and n, instruction/fields.h

}  // namespace

MatrixLimits matrix_limits(const ArchSpec& arch) {
  switch (arch.array_kind) {
    case ArrayKind::output_stationary:
      return {arch.array_rows, arch.array_cols};
    case ArrayKind::input_stationary:
      return {arch.array_cols, kMost};
    case ArrayKind::weight_stationary:
    case ArrayKind::adder_tree:
      break;
  }
  return {arch.most_rows != 0 ? std::min(arch.most_rows, kMost) : kMost, arch.array_cols};
}

std::uint64_t accumulator_rows_of(std::uint64_t m, std::uint64_t n, const ArchSpec& arch) {
  if (arch.array_kind != ArrayKind::input_stationary || arch.array_cols == 0) return m;
  return m * std::max<std::uint64_t>(1, ceil_div<std::uint64_t>(n, arch.array_cols));
}

WeightStrip::WeightStrip(const ArchSpec& arch, std::uint64_t k, std::uint64_t n)
    : rows_(arch.array_rows),
      cols_(arch.array_cols),
      k_(k),
      n_(n),
      k_tiles_(ceil_div(k, rows_)),
      n_tiles_(arch.array_kind == ArrayKind::input_stationary ? std::max<std::uint64_t>(1, ceil_div(n, cols_))
                                                              : 1),
      padded_(arch.weight_fetch == WeightFetch::padded) {}

std::uint64_t WeightStrip::tile_rows(std::uint64_t tile) const {
  return std::min(rows_, k_ - tile / n_tiles_ * rows_);
}

std::uint64_t WeightStrip::tile_cols(std::uint64_t tile) const {
  return n_tiles_ == 1 ? n_ : std::min(cols_, n_ - tile % n_tiles_ * cols_);
}

Bytes WeightStrip::tile_offset(std::uint64_t tile) const {
  if (padded_) return tile * rows_ * cols_;
  return tile / n_tiles_ * rows_ * n_ + tile_rows(tile) * (tile % n_tiles_ * cols_);
}

}  // namespace nnp::isa
