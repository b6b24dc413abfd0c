// SPDX-License-Identifier: Apache-2.0
// MaxPools with windows of every form, and chips whose lanes are wide enough for two passes of many of them,
// from a seed.
#pragma once

#include <algorithm>

#include "tests/support/random_network.h"

namespace nnp::test {

/// Windows that fit a picture with their pads.
template <typename Builder>
ir::PoolAttributes random_window(Builder& b, const ir::Shape& picture) {
  ir::PoolAttributes a;
  for (std::size_t i = 0; i < 2; ++i) {
    a.kernel[i] = b.pick(1, 5), a.strides[i] = b.pick(1, 3);
    for (const std::size_t side : {i, i + 2}) a.pads[side] = b.pick(0, a.kernel[i] - 1);
    // A kernel may be larger than the picture, but not than that with its pads.
    a.kernel[i] = std::min(a.kernel[i], picture[2 + i] + a.pads[i] + a.pads[2 + i]);
    for (const std::size_t side : {i, i + 2}) a.pads[side] = std::min(a.pads[side], a.kernel[i] - 1);
    a.kernel[i] = std::min(a.kernel[i], picture[2 + i] + a.pads[i] + a.pads[2 + i]);
  }
  return a;
}

template <typename Builder>
ir::Shape random_picture(Builder& b) {
  return {b.pick(1, 3), b.pick(1, 40), b.pick(1, 60), b.pick(1, 40)};
}

/// Words and lanes of 64 or 128 bytes; a buffer for all values, for some, or for bands.
inline models::ChipSpec random_wide_chip(std::uint64_t seed) {
  models::ChipSpec chip = random_chip(seed);
  const std::uint32_t width = seed % 2 == 0 ? 64 : 128;
  chip.arch.array_kind = isa::ArrayKind::weight_stationary;
  chip.arch.array_cols = chip.arch.buffer_word_bytes = chip.vector.lanes = width;
  chip.arch.array_rows = 8;
  chip.arch.accumulator_rows = 256;
  chip.arch.residency = seed % 3 == 2 ? isa::Residency::layer : isa::Residency::network;
  chip.arch.unified_buffer_bytes = Bytes{width} * chip.buffer.banks
                                   << (seed % 3 == 0 ? 12 : 5 + seed / 3 % 4);
  return chip;
}

/// Of codes of any type; half of them behind a convolution, whose tiles cut them into pieces.
inline ir::Graph random_max_pool(std::uint64_t seed) {
  constexpr ir::DType kTypes[] = {ir::DType::u8, ir::DType::s8, ir::DType::s16};
  NetworkBuilder b(seed);
  ir::ValueId x = b.input(random_picture(b), kTypes[b.pick(0, 2)]);
  if (b.pick(0, 1) == 1) x = b.conv(x, b.pick(1, 40), 1, 1, 0);
  b.output(b.max_pool(x, random_window(b, b.shape_of(x))));
  return b.take();
}

}  // namespace nnp::test
