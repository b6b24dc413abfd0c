// SPDX-License-Identifier: Apache-2.0
// Four adjacent elements a thread: a quarter of the index arithmetic, and memory in wider pieces.
#pragma once

#include "host_runtime/reference/cuda/numbers.cuh"

namespace nnp::cuda {

/// Read and written as one.
template <typename T>
struct alignas(4 * sizeof(T)) Four {
  T of[4];
};

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

/// Four elements as real numbers, or four real numbers as elements; addresses of four elements are aligned.
template <typename T>
__device__ __forceinline__ void load_four_of(const gpu::Source& x, std::int64_t i, float (&to)[4]) {
  const Four<T> four = *reinterpret_cast<const Four<T>*>(reinterpret_cast<const T*>(x.at) + i);
#pragma unroll
  for (int e = 0; e < 4; ++e) {
    if constexpr (sizeof(T) == 1)
      to[e] = x.scale * static_cast<float>(static_cast<std::int32_t>(four.of[e]) - x.zero);
    else
      to[e] = real(four.of[e]);
  }
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

__device__ __forceinline__ void store_four(const gpu::Target& y, std::int64_t i, const float (&from)[4]) {
  if (y.element == gpu::Element::s8 || y.element == gpu::Element::u8) {
    const CodeRange range = code_range(y.element);
    const float lo = fmaxf(y.lo, range.lo), hi = fminf(y.hi, range.hi);
    std::uint32_t codes = 0;
#pragma unroll
    for (int e = 0; e < 4; ++e)
      codes |= static_cast<std::uint32_t>(code_of(from[e] / y.scale, y.zero, lo, hi) & 0xFF) << 8 * e;
    *reinterpret_cast<std::uint32_t*>(y.at + static_cast<gpu::Address>(i)) = codes;
    return;
  }
  if (y.element == gpu::Element::bf16) {
    Four<__nv_bfloat16> four;
#pragma unroll
    for (int e = 0; e < 4; ++e) four.of[e] = __float2bfloat16_rn(clamped(from[e], y.lo, y.hi));
    *reinterpret_cast<Four<__nv_bfloat16>*>(reinterpret_cast<__nv_bfloat16*>(y.at) + i) = four;
    return;
  }
#pragma unroll
  for (int e = 0; e < 4; ++e) store(y, i + e, from[e]);
}

}  // namespace nnp::cuda
