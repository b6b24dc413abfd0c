// SPDX-License-Identifier: Apache-2.0
// Elements of device memory as real numbers, and back: gpu::Source and gpu::Target inside a kernel.
#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include "host_runtime/reference/gpu/gpu.h"

namespace nnp::cuda {

template <typename T>
__device__ __forceinline__ const T& element(gpu::Address at, std::int64_t i) {
  return reinterpret_cast<const T*>(at)[i];
}

__device__ __forceinline__ float load(const gpu::Source& x, std::int64_t i) {
  switch (x.element) {
    case gpu::Element::f32:
      return element<float>(x.at, i);
    case gpu::Element::f16:
      return __half2float(element<__half>(x.at, i));
    case gpu::Element::bf16:
      return __bfloat162float(element<__nv_bfloat16>(x.at, i));
    case gpu::Element::s8:
      return x.scale * static_cast<float>(element<std::int8_t>(x.at, i) - x.zero);
    case gpu::Element::u8:
      return x.scale * static_cast<float>(element<std::uint8_t>(x.at, i) - x.zero);
    case gpu::Element::s16:
      return x.scale * static_cast<float>(element<std::int16_t>(x.at, i) - x.zero);
    case gpu::Element::i32:
      return x.scale * static_cast<float>(element<std::int32_t>(x.at, i) - x.zero);
    case gpu::Element::i64:
      break;
  }
  return static_cast<float>(element<std::int64_t>(x.at, i));
}

/// lo <= value <= hi, a NaN as it is.
__device__ __forceinline__ float clamped(float value, float lo, float hi) {
  if (value < lo) value = lo;
  if (value > hi) value = hi;
  return value;
}

/// The code of a quotient real / scale, as Finish of isa/numerics: a NaN becomes lo.
__device__ __forceinline__ std::int32_t code_of(float quotient, std::int32_t zero, float lo, float hi) {
  const float bottom = lo - static_cast<float>(zero), top = hi - static_cast<float>(zero);
  float bounded = quotient > bottom ? quotient : bottom;
  bounded = bounded < top ? bounded : top;
  return __float2int_rn(bounded) + zero;
}

/// What a type holds; of 32 and 64 bits what a float32 holds of it below 2^31.
struct CodeRange {
  float lo, hi;
};
__device__ __forceinline__ CodeRange code_range(gpu::Element type) {
  switch (type) {
    case gpu::Element::s8:
      return {-128, 127};
    case gpu::Element::u8:
      return {0, 255};
    case gpu::Element::s16:
      return {-32768, 32767};
    default:
      return {-2147483520, 2147483520};
  }
}

__device__ __forceinline__ void store(const gpu::Target& y, std::int64_t i, float value) {
  switch (y.element) {
    case gpu::Element::f32:
      reinterpret_cast<float*>(y.at)[i] = clamped(value, y.lo, y.hi);
      return;
    case gpu::Element::f16:
      reinterpret_cast<__half*>(y.at)[i] = __float2half_rn(clamped(value, y.lo, y.hi));
      return;
    case gpu::Element::bf16:
      reinterpret_cast<__nv_bfloat16*>(y.at)[i] = __float2bfloat16_rn(clamped(value, y.lo, y.hi));
      return;
    default:
      break;
  }
  const CodeRange range = code_range(y.element);
  const std::int32_t code = code_of(value / y.scale, y.zero, fmaxf(y.lo, range.lo), fminf(y.hi, range.hi));
  switch (y.element) {
    case gpu::Element::s8:
      reinterpret_cast<std::int8_t*>(y.at)[i] = static_cast<std::int8_t>(code);
      return;
    case gpu::Element::u8:
      reinterpret_cast<std::uint8_t*>(y.at)[i] = static_cast<std::uint8_t>(code);
      return;
    case gpu::Element::s16:
      reinterpret_cast<std::int16_t*>(y.at)[i] = static_cast<std::int16_t>(code);
      return;
    case gpu::Element::i32:
      reinterpret_cast<std::int32_t*>(y.at)[i] = code;
      return;
    default:
      reinterpret_cast<std::int64_t*>(y.at)[i] = code;
  }
}

}  // namespace nnp::cuda
