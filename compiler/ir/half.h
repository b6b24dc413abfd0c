// SPDX-License-Identifier: Apache-2.0
// 16-bit floating point as storage: IEEE binary16 and bfloat16, each only a pattern that converts to and from
// float. Conversion rounds to nearest even; NaN stays NaN.
#pragma once

#include <bit>
#include <cstdint>

#include "isa/numerics/bf16.h"

namespace nnp::ir {

struct BFloat16 {
  std::uint16_t bits = 0;
  BFloat16() = default;
  explicit BFloat16(float value) : bits(numerics::to_bf16(value).bits) {}
  operator float() const { return numerics::to_float({bits}); }
};

struct Float16 {
  std::uint16_t bits = 0;
  Float16() = default;
  explicit Float16(float value);
  operator float() const;
};

inline Float16::Float16(float value) {
  const auto word = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = word >> 16 & 0x8000u, magnitude = word & 0x7FFFFFFFu;
  std::uint32_t half = 0;
  if (magnitude > 0x7F800000u) {
    half = 0x7E00u;
  } else if (magnitude >= 0x477FF000u) {  // 65520 and above round to infinity
    half = 0x7C00u;
  } else if (magnitude < 0x38800000u) {  // below 2^-14: a multiple of 2^-24, which 0.5 + x rounds to
    const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
    half = std::bit_cast<std::uint32_t>(shifted) - 0x3F000000u;
  } else {
    half = (magnitude + 0xC8000FFFu + (magnitude >> 13 & 1u)) >> 13;  // exponent bias 127 to 15
  }
  bits = static_cast<std::uint16_t>(sign | half);
}

inline Float16::operator float() const {
  const std::uint32_t sign = std::uint32_t{bits & 0x8000u} << 16, magnitude = bits & 0x7FFFu;
  if (magnitude >= 0x7C00u) return std::bit_cast<float>(sign | 0x7F800000u | (magnitude & 0x3FFu) << 13);
  const float value = std::bit_cast<float>(magnitude << 13) * 0x1p112f;  // exact, subnormal numbers too
  return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(value));
}

}  // namespace nnp::ir
