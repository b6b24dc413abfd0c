// SPDX-License-Identifier: Apache-2.0
// bfloat16: the upper half of an IEEE binary32, rounded to nearest even.
#pragma once

#include <bit>
#include <cstdint>

namespace nnp::numerics {

struct Bf16 {
  std::uint16_t bits = 0;
  bool operator==(const Bf16&) const = default;
};

constexpr float to_float(Bf16 value) { return std::bit_cast<float>(std::uint32_t{value.bits} << 16); }

/// A NaN stays a NaN (quiet); what is too large becomes infinite, as rounding has it.
constexpr Bf16 to_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return {static_cast<std::uint16_t>(bits >> 16 | 0x40u)};
  return {static_cast<std::uint16_t>((bits + 0x7FFFu + (bits >> 16 & 1u)) >> 16)};
}

}  // namespace nnp::numerics
