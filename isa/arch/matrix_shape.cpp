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

WeightStrip::WeightStrip(const ArchSpec& arch, std::uint64_t k, std::uint64_t n, const WeightLayout& layout)
    : rows_(arch.array_rows),
      cols_(arch.array_cols),
      k_(k),
      n_(n),
      k_tiles_(ceil_div(k, rows_)),
      n_tiles_(arch.array_kind == ArrayKind::input_stationary ? std::max<std::uint64_t>(1, ceil_div(n, cols_))
                                                              : 1),
      layout_(layout),
      element_(layout.element_bytes),
      padded_(layout.order == WeightLayout::Order::tiles && arch.weight_fetch == WeightFetch::padded) {}

std::uint64_t WeightStrip::tile_rows(std::uint64_t tile) const {
  const std::uint64_t k_tile = n_tiles_ == 1 ? tile : tile / n_tiles_;
  return std::min(rows_, k_ - k_tile * rows_);
}

std::uint64_t WeightStrip::tile_cols(std::uint64_t tile) const {
  return n_tiles_ == 1 ? n_ : std::min(cols_, n_ - tile % n_tiles_ * cols_);
}

Bytes WeightStrip::tile_offset(std::uint64_t tile) const {
  const bool is_one_wide = n_tiles_ == 1;
  const std::uint64_t k0 = (is_one_wide ? tile : tile / n_tiles_) * rows_,
                      n0 = is_one_wide ? 0 : tile % n_tiles_ * cols_;
  switch (layout_.order) {
    case WeightLayout::Order::rows:
      return k0 * layout_.stride + n0 * element_;
    case WeightLayout::Order::transposed:
      return n0 * layout_.stride + k0 * element_;
    case WeightLayout::Order::tiles:
      break;
  }
  if (padded_) return element_ * tile * rows_ * cols_;
  return element_ * (k0 * n_ + tile_rows(tile) * n0);
}

std::uint64_t WeightStrip::runs(std::uint64_t tile) const {
  switch (layout_.order) {
    case WeightLayout::Order::rows:
      return tile_rows(tile);
    case WeightLayout::Order::transposed:
      return tile_cols(tile);
    case WeightLayout::Order::tiles:
      break;
  }
  return 1;
}

}  // namespace nnp::isa
