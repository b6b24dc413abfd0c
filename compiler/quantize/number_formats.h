// SPDX-License-Identifier: Apache-2.0
// Ranges to scales and zero points: the formulas, without a graph.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "compiler/quantize/calibration.h"

namespace nnp::compiler {

inline constexpr int kLargestCode16 = 32767;
inline constexpr int kLargestWeightCode = 127;
inline constexpr float kSmallestScale = 1e-8f;

/// u8 over the range widened to hold 0: scale = (hi - lo) / 255, zero point = rint(-lo / scale), 0 where
/// nothing is negative.
ir::QuantParams u8_params(const Range&);

/// s16, zero point 0: scale = magnitude / largest_code.
ir::QuantParams s16_params(float magnitude, int largest_code = kLargestCode16);

/// s8, zero point 0: scale = magnitude / 127.
ir::QuantParams s8_params(float magnitude);

/// s8, zero point 0: max |w| / 127, never below kSmallestScale.
float weight_scale(std::span<const float> weights);

/// rint(value / scale), held within +-limit. In line and without branches, because a network has millions of
/// weights.
inline std::int32_t to_code(double value, double scale, std::int32_t limit) {
  constexpr double kNoFraction = 0x1.8p52;  // a sum this large has no room for a fraction: it is rounded off
  // As integers such sums have the order that they have as numbers.
  const auto bits = [](double sum) { return std::bit_cast<std::int64_t>(sum); };
  const std::int64_t sum = bits(value / scale + kNoFraction), zero = bits(kNoFraction);
  return static_cast<std::int32_t>(std::min(std::max(sum, zero - limit), zero + limit) - zero);
}

/// Codes of a channel's weights, from `lowest` to kLargestWeightCode.
std::vector<std::int8_t> weight_codes(std::span<const float> weights, double scale, std::int32_t lowest);

/// Power of two with at least twice the peak inside 16 bits, and never less than +-2: an LSTM's cell state.
float cell_scale(float peak);

}  // namespace nnp::compiler
