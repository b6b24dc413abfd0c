// SPDX-License-Identifier: Apache-2.0
// Convolutions and matrix products, of reals and of codes.
#include <fmt/format.h>

#include "host_runtime/reference/gpu/loops.h"
#include "isa/numerics/rounding.h"

namespace nnp::gpu::loops {
namespace {

// Sums of codes count modulo 2^32 in this type, which has no overflow.
using CodeSum = std::uint32_t;

template <typename F>
decltype(auto) with_real(const char* kernel, Element element, F&& f) {
  if (element == Element::f32) return f(float{});
  if (element == Element::f16) return f(ir::Float16{});
  if (element == Element::bf16) return f(ir::BFloat16{});
  throw GpuError(fmt::format("{} of {}: it must be f32, f16 or bf16", kernel, to_string(element)));
}

template <typename F>
decltype(auto) with_code(const char* operand, Element element, F&& f) {
  if (element == Element::s8) return f(std::int8_t{});
  if (element == Element::u8) return f(std::uint8_t{});
  throw GpuError(
      fmt::format("IntegerConvolution: {} of {}: it must be s8 or u8", operand, to_string(element)));
}

/// Calls write(i, k, sum) for each element i, of filter k, of the result. `padding` is what lies around x.
template <typename Sum, typename X, typename W, typename Write>
void convolve(const Window& w, int K, int groups, const X* x, const W* filters, Sum padding, Write write) {
  const std::int64_t channels = w.C / groups, filters_of_group = K / groups;
  for_each_result(w, [&](std::int64_t result, int n, int p, int q) {
    for (int k = 0; k < K; ++k) {
      const std::int64_t first_channel = k / filters_of_group * channels;
      const W* tap = filters + std::int64_t{k} * w.R * w.S * channels;
      Sum sum = 0;
      for (int r = 0; r < w.R; ++r)
        for (int s = 0; s < w.S; ++s, tap += channels) {
          const auto at = pixel(w, n, p, q, r, s);
          if (!at && padding == 0) continue;
          const X* from = at ? x + *at * w.C + first_channel : nullptr;
          for (std::int64_t c = 0; c < channels; ++c)
            sum += (from ? static_cast<Sum>(from[c]) : padding) * static_cast<Sum>(tap[c]);
        }
      write(result * K + k, k, sum);
    }
  });
}

template <typename T>
void run(const Convolution& c) {
  const Source bias{c.bias, c.element}, residual{c.residual, c.element};
  const Target y{c.y, c.element, 1, 0, c.lo, c.hi};
  convolve(c.window, c.K, c.groups, pointer<const T>(c.x), pointer<const T>(c.w), 0.0F,
           [&](std::int64_t i, int k, float sum) {
             if (c.bias) sum += load(bias, k);
             if (c.residual) sum += load(residual, i);
             store(y, i, sum);
           });
}

/// Calls write(i, n, sum) for each element i, of column n, of the result.
template <typename Sum, typename T, typename Write>
void multiply(const Product& p, Write write) {
  const std::int64_t K = p.K, N = p.N, along_k = p.transposed ? 1 : N, along_n = p.transposed ? K : 1;
  for (std::int64_t b = 0; b < p.batches; ++b)
    for (std::int64_t m = 0; m < p.M; ++m)
      for (std::int64_t n = 0; n < N; ++n) {
        const T* a = pointer<const T>(p.a) + b * p.a_stride + m * K;
        const T* w = pointer<const T>(p.w) + b * p.w_stride + n * along_n;
        Sum sum = 0;
        for (std::int64_t k = 0; k < K; ++k) sum += static_cast<Sum>(a[k]) * static_cast<Sum>(w[k * along_k]);
        write(b * p.d_stride + m * N + n, n, sum);
      }
}

template <typename T>
void run(const Product& p) {
  const Source bias{p.bias, p.element};
  const Target d{p.d, p.element, 1, 0, p.lo, p.hi};
  multiply<float, T>(
      p, [&](std::int64_t i, std::int64_t n, float sum) { store(d, i, p.bias ? sum + load(bias, n) : sum); });
}

void run_codes(const Product& p) {
  auto* const d = pointer<std::int32_t>(p.d);
  multiply<CodeSum, std::int8_t>(
      p, [&](std::int64_t i, std::int64_t, CodeSum sum) { d[i] = static_cast<std::int32_t>(sum); });
}

template <typename X, typename Y, typename O>
void run(const IntegerConvolution& c) {
  const auto* const bias = pointer<const std::int32_t>(c.bias);
  const auto* const scale = pointer<const float>(c.scale);
  const numerics::Finish own({c.zero, c.lo, c.hi}), total({c.sum_zero, c.sum_lo, c.sum_hi});
  for (std::int64_t b = 0; b < c.batches; ++b) {
    auto* const y = pointer<Y>(c.y) + b * c.y_stride;
    const auto* const other = c.other ? pointer<const O>(c.other) + b * c.y_stride : nullptr;
    convolve(c.window, c.K, c.groups, pointer<const X>(c.x) + b * c.x_stride,
             pointer<const std::int8_t>(c.w) + b * c.w_stride, static_cast<CodeSum>(c.zero_x),
             [&](std::int64_t i, int k, CodeSum sum) {
               const std::int32_t acc =
                   numerics::wrapping_add(static_cast<std::int32_t>(sum), bias ? bias[k] : 0);
               auto code = own.exact<std::int32_t>(static_cast<float>(acc) * scale[k]);
               if (other)
                 code = total.exact<std::int32_t>(static_cast<float>(code - c.zero) * c.own_factor +
                                                  static_cast<float>(std::int32_t{other[i]} - c.other_zero) *
                                                      c.other_factor);
               y[i] = static_cast<Y>(code);
             });
  }
}

}  // namespace

Kernel prepare(const Convolution& c) {
  return with_real("Convolution", c.element,
                   [&](auto type) -> Kernel { return [c] { run<decltype(type)>(c); }; });
}

Kernel prepare(const Product& p) {
  if (p.element == Element::s8) {
    if (p.bias) throw GpuError("Product of s8: it has no bias, its sums are exact");
    return [p] { run_codes(p); };
  }
  return with_real("Product", p.element,
                   [&](auto type) -> Kernel { return [p] { run<decltype(type)>(p); }; });
}

Kernel prepare(const IntegerConvolution& c) {
  return with_code("x", c.x_element, [&](auto x) {
    return with_code("y", c.y_element, [&](auto y) {
      return with_code("other", c.other_element, [&](auto other) -> Kernel {
        return [c] { run<decltype(x), decltype(y), decltype(other)>(c); };
      });
    });
  });
}

}  // namespace nnp::gpu::loops
