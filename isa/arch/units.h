// SPDX-License-Identifier: Apache-2.0
// The words for quantities that every room shares. A bare number elsewhere ends in its unit.
#pragma once

#include <cstdint>
#include <limits>

namespace nnp {

using Cycle = std::uint64_t;    // an edge of one clock, counted from reset; the clock is named beside it
using Cycles = std::uint64_t;   // a number of cycles
using Bytes = std::uint64_t;    // a size
using Address = std::uint64_t;  // a byte address in device memory, a buffer or host memory

inline constexpr Cycle kNever = std::numeric_limits<Cycle>::max();

template <typename T>
constexpr T ceil_div(T value, T divisor) {
  return (value + divisor - 1) / divisor;
}
template <typename T>
constexpr T round_up(T value, T multiple) {
  return ceil_div(value, multiple) * multiple;
}

}  // namespace nnp
