// SPDX-License-Identifier: Apache-2.0
// The last step of every operation: clamp a float product, round it half to even, add the zero point.
// `Finish::exact` is the definition; `Finish::fast` is equal to it wherever `small` holds and vectorises
// everywhere.
#pragma once

#include <cmath>
#include <cstdint>

#include "isa/numerics/numerics.h"

namespace nnp::numerics {

/// Two's complement sums and products, modulo 2^32.
inline std::int32_t wrapping_add(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}
inline std::int32_t wrapping_sub(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) - static_cast<std::uint32_t>(b));
}
inline std::int32_t wrapping_mul(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) * static_cast<std::uint32_t>(b));
}

class Finish {
 public:
  explicit Finish(OutputRange range)
      : lo_(static_cast<float>(std::int64_t{range.lo} - range.zero_point)),
        hi_(static_cast<float>(std::int64_t{range.hi} - range.zero_point)),
        zero_point_(range.zero_point) {}

  /// Whether rounding may go through a sum with 1.5 * 2^23, which is right below 2^22. True for every range
  /// of codes.
  bool small() const {
    return lo_ >= -kSmall && lo_ <= kSmall && hi_ >= -kSmall && hi_ <= kSmall && zero_point_ >= -(1 << 22) &&
           zero_point_ <= (1 << 22);
  }

  template <typename Y>
  Y exact(float product) const {
    return static_cast<Y>(static_cast<std::int64_t>(std::nearbyint(clamp(product))) + zero_point_);
  }

  template <typename Y>
  Y fast(float product) const {
    const float rounded = (clamp(product) + kMagic) - kMagic;
    return static_cast<Y>(static_cast<std::int32_t>(rounded) + zero_point_);
  }

 private:
  static constexpr float kSmall = 4194304.0F, kMagic = 12582912.0F;

  // The order of the comparisons is that of the vector instructions: a NaN becomes lo.
  float clamp(float product) const {
    const float raised = product > lo_ ? product : lo_;
    return raised < hi_ ? raised : hi_;
  }

  float lo_, hi_;
  std::int32_t zero_point_;
};

}  // namespace nnp::numerics
