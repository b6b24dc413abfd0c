// SPDX-License-Identifier: Apache-2.0
// From sums of codes to codes: the requantisation of docs/guide/numerics.md, and the Add behind it. A layer
// has as many of these as outputs, so small whole numbers change type by an addition: conversions have a
// quarter of its rate.
#pragma once

#include "host_runtime/reference/cuda/numbers.cuh"

namespace nnp::cuda {

/// 1.5 x 2^23: a float32 of this size has no fraction, so adding it rounds to whole numbers, ties to even.
constexpr float kWhole = 12582912;
constexpr std::int32_t kWholeBits = 0x4B400000;

/// clamp(rint(quotient) + zero, lo, hi) of 8-bit bounds; code_of() of numbers.cuh otherwise.
__device__ __forceinline__ std::int32_t byte_code_of(float quotient, std::int32_t zero, std::int32_t lo,
                                                     std::int32_t hi) {
  const float bounded = fminf(fmaxf(quotient, static_cast<float>(lo - zero)), static_cast<float>(hi - zero));
  return __float_as_int(bounded + kWhole) - kWholeBits + zero;
}

__device__ __forceinline__ std::int32_t requantised(const gpu::IntegerConvolution& c, std::int32_t sum,
                                                    std::int32_t bias, float scale) {
  const auto whole =
      static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) + static_cast<std::uint32_t>(bias));
  return byte_code_of(static_cast<float>(whole) * scale, c.zero, c.lo, c.hi);
}

/// The Add of reals: `own` is code - zero of the convolution, `other` code - zero of what is added.
__device__ __forceinline__ std::int32_t added(const gpu::IntegerConvolution& c, float own, float other) {
  return byte_code_of(own * c.own_factor + other * c.other_factor, c.sum_zero, c.sum_lo, c.sum_hi);
}

__device__ __forceinline__ std::int32_t with_other(const gpu::IntegerConvolution& c, std::int32_t code,
                                                   std::int32_t other) {
  return added(c, static_cast<float>(code - c.zero), static_cast<float>(other - c.other_zero));
}

__device__ __forceinline__ std::int32_t code_at(gpu::Address at, gpu::Element type, std::int64_t i) {
  return type == gpu::Element::u8 ? std::int32_t{element<std::uint8_t>(at, i)}
                                  : std::int32_t{element<std::int8_t>(at, i)};
}

/// Codes of a type less their zero point, byte by byte of a word, as reals. A byte below the exponent of 2^23
/// is that number plus the byte.
class BytesAsReals {
 public:
  __device__ BytesAsReals(bool is_unsigned, std::int32_t zero)
      : turned_(is_unsigned ? 0 : 0x80808080u),
        offset_(static_cast<float>(0x800000 + zero + (is_unsigned ? 0 : 128))) {}
  /// Of byte i.
  __device__ float operator()(std::uint32_t word, int i) const {
    constexpr std::uint32_t kExponent = 0x4B000000;  // of 2^23
    return __uint_as_float(__byte_perm(word ^ turned_, kExponent, 0x7440 + i)) - offset_;
  }

 private:
  std::uint32_t turned_;
  float offset_;
};

/// The low bytes of four codes as one word.
__device__ __forceinline__ std::uint32_t four_bytes(const std::int32_t (&codes)[4]) {
  return __byte_perm(__byte_perm(codes[0], codes[1], 0x0040), __byte_perm(codes[2], codes[3], 0x0040),
                     0x5410);
}

/// The Add of four codes. The convolution's own codes, [lo, hi], are bytes with a sign where lo is below 0.
__device__ __forceinline__ std::uint32_t four_with_other(const gpu::IntegerConvolution& c,
                                                         std::uint32_t codes, std::uint32_t others) {
  const BytesAsReals own(c.lo >= 0, c.zero), other(c.other_element == gpu::Element::u8, c.other_zero);
  std::int32_t sums[4];
#pragma unroll
  for (int i = 0; i < 4; ++i) sums[i] = added(c, own(codes, i), other(others, i));
  return four_bytes(sums);
}

}  // namespace nnp::cuda
