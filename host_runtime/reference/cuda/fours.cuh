// SPDX-License-Identifier: Apache-2.0
// Four adjacent elements a thread: a quarter of the index arithmetic, and memory in wider pieces.
#pragma once

#include <cstring>
#include <type_traits>

#include "host_runtime/reference/cuda/numbers.cuh"

namespace nnp::cuda {

/// Read and written as one: at most 16 bytes.
template <typename T, int kCount>
struct alignas(kCount * sizeof(T)) Pack {
  T of[kCount];
};
template <typename T>
using Four = Pack<T, 4>;

/// A pack as it is loaded: nothing takes its elements apart, and so waits for them, before they are wanted.
template <typename T, int kCount>
using Bits = std::conditional_t<kCount * sizeof(T) == 4, std::uint32_t,
                                std::conditional_t<kCount * sizeof(T) == 8, uint2, uint4>>;
template <typename T, int kCount>
__device__ __forceinline__ Pack<T, kCount> pack_of(const Bits<T, kCount>& bits) {
  Pack<T, kCount> pack;
  static_assert(sizeof pack == sizeof bits);
  memcpy(&pack, &bits, sizeof pack);
  return pack;
}

/// Calls f(T{}) with the type of an element that goes in packs; false for one that does not.
template <typename F>
bool with_pack_type(gpu::Element element, F f) {
  switch (element) {
    case gpu::Element::f32:
      return f(float{}), true;
    case gpu::Element::f16:
      return f(__half{}), true;
    case gpu::Element::bf16:
      return f(__nv_bfloat16{}), true;
    case gpu::Element::s8:
      return f(std::int8_t{}), true;
    case gpu::Element::u8:
      return f(std::uint8_t{}), true;
    default:
      return false;
  }
}

__device__ __forceinline__ float real(float x) { return x; }
__device__ __forceinline__ float real(__half x) { return __half2float(x); }
__device__ __forceinline__ float real(__nv_bfloat16 x) { return __bfloat162float(x); }
__device__ __forceinline__ float real(std::int8_t x) { return x; }
__device__ __forceinline__ float real(std::uint8_t x) { return x; }

/// A place of a window in its image.
struct Tap {
  int row, column;
  bool inside;
};
__device__ __forceinline__ Tap tap_of(const gpu::Window& w, int p, int q, int r, int s) {
  const int row = p * w.stride[0] - w.pad[0] + r * w.dilation[0],
            column = q * w.stride[1] - w.pad[1] + s * w.dilation[1];
  return {row, column, row >= 0 && row < w.H && column >= 0 && column < w.W};
}

template <typename T>
__device__ __forceinline__ T rounded(float x) {
  if constexpr (std::is_same_v<T, __half>)
    return __float2half_rn(x);
  else if constexpr (std::is_same_v<T, __nv_bfloat16>)
    return __float2bfloat16_rn(x);
  else
    return x;
}

/// Four elements as real numbers, or four real numbers as elements; addresses of four elements are aligned.
template <typename T>
__device__ __forceinline__ void reals_of(const gpu::Source& x, const Four<T>& four, float (&to)[4]) {
#pragma unroll
  for (int e = 0; e < 4; ++e) {
    if constexpr (sizeof(T) == 1)
      to[e] = x.scale * static_cast<float>(static_cast<std::int32_t>(four.of[e]) - x.zero);
    else
      to[e] = real(four.of[e]);
  }
}
template <typename T>
__device__ __forceinline__ const Four<T>& four_at(gpu::Address at, std::int64_t i) {
  return *reinterpret_cast<const Four<T>*>(reinterpret_cast<const T*>(at) + i);
}
template <typename T>
__device__ __forceinline__ void load_four_of(const gpu::Source& x, std::int64_t i, float (&to)[4]) {
  reals_of<T>(x, four_at<T>(x.at, i), to);
}
/// False for an element that goes one by one.
__device__ __forceinline__ bool load_four(const gpu::Source& x, std::int64_t i, float (&to)[4]) {
  switch (x.element) {
    case gpu::Element::f32:
      return load_four_of<float>(x, i, to), true;
    case gpu::Element::f16:
      return load_four_of<__half>(x, i, to), true;
    case gpu::Element::bf16:
      return load_four_of<__nv_bfloat16>(x, i, to), true;
    case gpu::Element::s8:
      return load_four_of<std::int8_t>(x, i, to), true;
    case gpu::Element::u8:
      return load_four_of<std::uint8_t>(x, i, to), true;
    default:
      break;
  }
#pragma unroll
  for (int e = 0; e < 4; ++e) to[e] = load(x, i + e);
  return false;
}

template <typename T>
__device__ __forceinline__ void store_four_of(const gpu::Target& y, std::int64_t i, const float (&from)[4]) {
  Four<T> four;
#pragma unroll
  for (int e = 0; e < 4; ++e) four.of[e] = rounded<T>(clamped(from[e], y.lo, y.hi));
  *reinterpret_cast<Four<T>*>(reinterpret_cast<T*>(y.at) + i) = four;
}
/// As codes, which are of four numbers already divided by the scale.
__device__ __forceinline__ void store_codes(const gpu::Target& y, std::int64_t i,
                                            const float (&quotients)[4]) {
  const bool is_signed = y.element == gpu::Element::s8;
  const float lo = fmaxf(y.lo, is_signed ? -128 : 0), hi = fminf(y.hi, is_signed ? 127 : 255);
  std::uint32_t codes = 0;
#pragma unroll
  for (int e = 0; e < 4; ++e)
    codes |= static_cast<std::uint32_t>(code_of(quotients[e], y.zero, lo, hi) & 0xFF) << 8 * e;
  *reinterpret_cast<std::uint32_t*>(reinterpret_cast<std::uint8_t*>(y.at) + i) = codes;
}
__device__ __forceinline__ void store_four(const gpu::Target& y, std::int64_t i, const float (&from)[4]) {
  switch (y.element) {
    case gpu::Element::f32:
      return store_four_of<float>(y, i, from);
    case gpu::Element::f16:
      return store_four_of<__half>(y, i, from);
    case gpu::Element::bf16:
      return store_four_of<__nv_bfloat16>(y, i, from);
    case gpu::Element::s8:
    case gpu::Element::u8: {
      const float quotients[4] = {from[0] / y.scale, from[1] / y.scale, from[2] / y.scale, from[3] / y.scale};
      return store_codes(y, i, quotients);
    }
    default:
#pragma unroll
      for (int e = 0; e < 4; ++e) store(y, i + e, from[e]);
  }
}

}  // namespace nnp::cuda
