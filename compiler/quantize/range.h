// SPDX-License-Identifier: Apache-2.0
// From the lowest to the highest of some real numbers; without any, not seen.
#pragma once

#include <algorithm>
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
  /// False where a value is not finite; the range means nothing then. By the numbers' bits, of which a
  /// compiler makes vectors: a network's values are looked at once for each calibration sample.
  bool include_all(std::span<const float> values);
};

}  // namespace nnp::compiler
