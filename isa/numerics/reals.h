// SPDX-License-Identifier: Apache-2.0
// Elements of memory as reals and back, as the vector unit and DRAIN read and write them. Codes become
// (code - zero point) * scale, one rounding; bf16 and f32 are what they are.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "isa/numerics/bf16.h"
#include "isa/numerics/numerics.h"

namespace nnp::numerics {

template <typename A>
void make_real(const A* a, Scaled operand, float* x, std::size_t n) {
  dequantize(a, operand.scale, operand.zero_point, x, n);
}
inline void make_real(const float* a, Scaled, float* x, std::size_t n) { std::copy_n(a, n, x); }
inline void make_real(const Bf16* a, Scaled, float* x, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) x[i] = to_float(a[i]);
}

/// The range of a real result; a NaN stays.
struct RealRange {
  float lo, hi;
  float operator()(float x) const { return x < lo ? lo : x > hi ? hi : x; }
};

inline void store_real(const float* x, RealRange range, float* y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) y[i] = range(x[i]);
}
inline void store_real(const float* x, RealRange range, Bf16* y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) y[i] = to_bf16(range(x[i]));
}

// ---- Pooling of one output position over rows of `channels` real elements, in the order of the taps.

/// So that the order of the taps does not matter, +0 is larger than -0. A NaN is passed over.
inline float larger(float largest, float x) {
  return largest < x || (largest == x && std::signbit(largest)) ? x : largest;
}

/// -infinity of no taps.
template <typename T>
void pool_max(std::span<const T* const> taps, RealRange range, T* y, std::size_t channels) {
  for (std::size_t c = 0; c < channels; ++c) {
    float largest = -std::numeric_limits<float>::infinity(), x = 0;
    for (const T* tap : taps) {
      make_real(tap + c, {}, &x, 1);
      largest = larger(largest, x);
    }
    store_real(&largest, range, y + c, 1);
  }
}

/// The sum in binary64, divided by `count` and rounded to binary32 once; 0 of a count of 0.
template <typename T>
void pool_average(std::span<const T* const> taps, std::size_t count, RealRange range, T* y,
                  std::size_t channels) {
  for (std::size_t c = 0; c < channels; ++c) {
    double sum = 0;
    float x = 0;
    for (const T* tap : taps) {
      make_real(tap + c, {}, &x, 1);
      sum += static_cast<double>(x);
    }
    const float average = count == 0 ? 0.0f : static_cast<float>(sum / static_cast<double>(count));
    store_real(&average, range, y + c, 1);
  }
}

}  // namespace nnp::numerics
