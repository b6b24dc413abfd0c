// SPDX-License-Identifier: Apache-2.0
// From the lowest to the highest of some real numbers; without any, not seen.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

namespace nnp::compiler {

struct Range {
  float lo = std::numeric_limits<float>::infinity(), hi = -std::numeric_limits<float>::infinity();
  bool seen() const { return lo <= hi; }
  float magnitude() const { return std::max(std::abs(lo), std::abs(hi)); }
  void include(float value) {
    lo = std::min(lo, value);
    hi = std::max(hi, value);
  }
  void include(const Range& other) {
    lo = std::min(lo, other.lo);
    hi = std::max(hi, other.hi);
  }
  /// False where a value is not finite; the range means nothing then. In lanes, so that a compiler makes
  /// vectors of them: a network's values are looked at once for each calibration sample.
  bool include_all(std::span<const float> values) {
    constexpr std::size_t kLanes = 16;
    std::array<float, kLanes> least, most, odd{};  // odd: x - x, which is 0 of what is finite
    least.fill(lo), most.fill(hi);
    const std::size_t whole = values.size() / kLanes * kLanes;
    for (std::size_t i = 0; i < whole; i += kLanes)
      for (std::size_t k = 0; k < kLanes; ++k) {
        const float x = values[i + k];
        least[k] = x < least[k] ? x : least[k];
        most[k] = x > most[k] ? x : most[k];
        odd[k] += x - x;
      }
    for (const float x : values.subspan(whole)) include(x), odd[0] += x - x;
    for (std::size_t k = 0; k < kLanes; ++k) include(Range{least[k], most[k]});
    return std::ranges::all_of(odd, [](float x) { return x == 0; });
  }
};

}  // namespace nnp::compiler
