// SPDX-License-Identifier: Apache-2.0
// From sums of codes to codes: the requantisation of docs/guide/numerics.md, and the Add behind it.
#pragma once

#include "host_runtime/reference/cuda/numbers.cuh"

namespace nnp::cuda {

__device__ __forceinline__ std::int32_t requantised(const gpu::IntegerConvolution& c, std::int32_t sum,
                                                    std::int32_t bias, float scale) {
  const auto whole =
      static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) + static_cast<std::uint32_t>(bias));
  return code_of(static_cast<float>(whole) * scale, c.zero, static_cast<float>(c.lo),
                 static_cast<float>(c.hi));
}

__device__ __forceinline__ std::int32_t with_other(const gpu::IntegerConvolution& c, std::int32_t code,
                                                   std::int32_t other) {
  const float own = static_cast<float>(code - c.zero) * c.own_factor,
              theirs = static_cast<float>(other - c.other_zero) * c.other_factor;
  return code_of(own + theirs, c.sum_zero, static_cast<float>(c.sum_lo), static_cast<float>(c.sum_hi));
}

__device__ __forceinline__ std::int32_t code_at(gpu::Address at, gpu::Element type, std::int64_t i) {
  return type == gpu::Element::u8 ? std::int32_t{element<std::uint8_t>(at, i)}
                                  : std::int32_t{element<std::int8_t>(at, i)};
}

}  // namespace nnp::cuda
