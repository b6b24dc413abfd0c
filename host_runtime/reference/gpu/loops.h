// SPDX-License-Identifier: Apache-2.0
// Inside loops_gpu: the kernels by request, and elements of memory as real numbers and back.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>

#include "compiler/ir/half.h"
#include "host_runtime/reference/gpu/gpu.h"

namespace nnp::gpu::loops {

using Kernel = std::function<void()>;
Kernel prepare(const Convolution&);
Kernel prepare(const Product&);
Kernel prepare(const IntegerConvolution&);
Kernel prepare(const Pool&);
Kernel prepare(const Elementwise&);
Kernel prepare(const Softmax&);
Kernel prepare(const LayerNormalization&);
Kernel prepare(const Gather&);
Kernel prepare(const Lstm&);

template <typename T>
T* pointer(Address at) {
  return reinterpret_cast<T*>(at);
}

/// Calls f(T{}) with the C++ type of the element.
template <typename F>
decltype(auto) with_type(Element element, F&& f) {
  switch (element) {
    case Element::f32:
      return f(float{});
    case Element::f16:
      return f(ir::Float16{});
    case Element::bf16:
      return f(ir::BFloat16{});
    case Element::s8:
      return f(std::int8_t{});
    case Element::u8:
      return f(std::uint8_t{});
    case Element::s16:
      return f(std::int16_t{});
    case Element::i32:
      return f(std::int32_t{});
    case Element::i64:
      return f(std::int64_t{});
  }
  throw GpuError("element " + std::to_string(static_cast<int>(element)) + " is unknown");
}
inline bool is_real(Element element) {
  return element == Element::f32 || element == Element::f16 || element == Element::bf16;
}

/// Element i as a real number.
inline float load(const Source& x, std::int64_t i) {
  return with_type(x.element, [&](auto type) {
    using T = decltype(type);
    const T value = pointer<const T>(x.at)[i];
    if constexpr (std::integral<T>) {
      return x.scale * static_cast<float>(std::int64_t{value} - x.zero);
    } else {
      return static_cast<float>(value);
    }
  });
}

/// lo <= value <= hi; a NaN passes.
inline float clamped(float value, float lo, float hi) {
  if (value < lo) return lo;
  return value > hi ? hi : value;
}

inline float sigmoid(float x) { return 1 / (1 + std::exp(-x)); }

/// The code of real / scale, with the order of comparisons of numerics::Finish: a NaN becomes lo. A bound
/// that is infinite, or beyond the type, is the type's.
template <std::integral T>
T code_of(float quotient, const Target& y) {
  using Limits = std::numeric_limits<T>;
  constexpr float kMost = 0x1.fffffep62F;  // the largest float in 64 bits
  const auto zero = static_cast<float>(y.zero);
  const float lo = std::max(y.lo, std::max(static_cast<float>(Limits::min()), -kMost)) - zero,
              hi = std::min(y.hi, std::min(static_cast<float>(Limits::max()), kMost)) - zero;
  const float raised = quotient > lo ? quotient : lo;
  const float bounded = raised < hi ? raised : hi;
  // float(2^31 - 1) is 2^31, so the last step is the type's again.
  const std::int64_t code = static_cast<std::int64_t>(std::nearbyint(bounded)) + y.zero;
  return static_cast<T>(std::clamp<std::int64_t>(code, Limits::min(), Limits::max()));
}

/// Writes a real number as element i.
inline void store(const Target& y, std::int64_t i, float real) {
  with_type(y.element, [&](auto type) {
    using T = decltype(type);
    T& place = pointer<T>(y.at)[i];
    if constexpr (std::integral<T>) {
      place = code_of<T>(real / y.scale, y);
    } else {
      place = T(clamped(real, y.lo, y.hi));
    }
  });
}

/// Which pixel of all images tap (r, s) of result (p, q) of image n reads; none outside the image.
inline std::optional<std::int64_t> pixel(const Window& w, int n, int p, int q, int r, int s) {
  const int row = p * w.stride[0] - w.pad[0] + r * w.dilation[0],
            column = q * w.stride[1] - w.pad[1] + s * w.dilation[1];
  if (row < 0 || row >= w.H || column < 0 || column >= w.W) return std::nullopt;
  return (std::int64_t{n} * w.H + row) * w.W + column;
}

/// Calls visit(i, n, p, q) for each result of the window, in the order in which they lie.
template <typename Visit>
void for_each_result(const Window& w, Visit visit) {
  std::int64_t i = 0;
  for (int n = 0; n < w.N; ++n)
    for (int p = 0; p < w.P; ++p)
      for (int q = 0; q < w.Q; ++q) visit(i++, n, p, q);
}

}  // namespace nnp::gpu::loops
