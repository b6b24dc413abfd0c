// SPDX-License-Identifier: Apache-2.0
// A row of real results, stored as elements of the destination's type: codes by scale, zero point and clamp,
// real types clamped.
#pragma once

#include "isa/instruction/fields.h"
#include "isa/numerics/reals.h"

namespace nnp::sim {

/// The clamp words of a descriptor, read both ways: whole codes, or floats where the result is real.
struct RealResult {
  isa::ElementType type;
  float scale;  // of codes
  numerics::OutputRange codes;
  numerics::RealRange reals;
};

/// False when results of this type cannot be stored.
inline bool store_row(const float* x, const RealResult& result, std::uint8_t* to, std::size_t n) {
  switch (result.type) {
    case isa::ElementType::u8:
      numerics::quantize(x, result.scale, result.codes, to, n);
      return true;
    case isa::ElementType::s8:
      numerics::quantize(x, result.scale, result.codes, reinterpret_cast<std::int8_t*>(to), n);
      return true;
    case isa::ElementType::s16:
      numerics::quantize(x, result.scale, result.codes, reinterpret_cast<std::int16_t*>(to), n);
      return true;
    case isa::ElementType::bf16:
      numerics::store_real(x, result.reals, reinterpret_cast<numerics::Bf16*>(to), n);
      return true;
    case isa::ElementType::f32:
      numerics::store_real(x, result.reals, reinterpret_cast<float*>(to), n);
      return true;
    default:
      return false;
  }
}

}  // namespace nnp::sim
