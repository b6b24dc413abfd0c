// SPDX-License-Identifier: Apache-2.0
// Depthwise convolutions of any window, of reals and of codes: four channels a thread. Libraries have little
// for them, and a tensor core nothing to share.
#include <cmath>

#include "host_runtime/reference/cuda/fours.cuh"
#include "host_runtime/reference/cuda/grid.cuh"
#include "host_runtime/reference/cuda/integer_epilogue.cuh"
#include "host_runtime/reference/cuda/kernels.h"

namespace nnp::cuda {
namespace {

/// Calls take(r, s, first of the four channels' elements in x or -1) for every tap of output pixel `pixel`.
template <typename Take>
__device__ __forceinline__ void over_taps(const gpu::Window& w, std::uint32_t pixel, int channel, Take take) {
  const std::uint32_t row = pixel / static_cast<unsigned>(w.Q);
  const auto q = static_cast<int>(pixel - row * static_cast<unsigned>(w.Q)),
             p = static_cast<int>(row % static_cast<unsigned>(w.P));
  const std::int64_t image = row / static_cast<unsigned>(w.P);
  for (int r = 0; r < w.R; ++r)
    for (int s = 0; s < w.S; ++s) {
      const Tap tap = tap_of(w, p, q, r, s);
      take(r, s,
           tap.inside ? ((image * w.H + tap.row) * w.W + tap.column) * w.C + channel : std::int64_t{-1});
    }
}

/// Weights [C, R, S]: of one tap they are R * S apart.
template <typename T>
__global__ void depthwise_reals(gpu::Convolution c, std::int64_t count) {
  const gpu::Window& w = c.window;
  const int fours = w.C / 4, taps = w.R * w.S;
  const gpu::Source x{c.x, c.element};
  const gpu::Target y{c.y, c.element, 1, 0, c.lo, c.hi};
  const auto* weights = reinterpret_cast<const T*>(c.w);
  for (std::int64_t i = first_element(); i < count; i += element_stride()) {
    const int channel = static_cast<int>(i % fours) * 4;
    float sum[4] = {}, values[4];
    over_taps(w, static_cast<std::uint32_t>(i / fours), channel, [&](int r, int s, std::int64_t at) {
      if (at < 0) return;
      load_four_of<T>(x, at, values);
#pragma unroll
      for (int e = 0; e < 4; ++e)
        sum[e] = fmaf(values[e], real(weights[(channel + e) * taps + r * w.S + s]), sum[e]);
    });
    if (c.bias) {
      load_four_of<T>({c.bias, c.element}, channel, values);
#pragma unroll
      for (int e = 0; e < 4; ++e) sum[e] += values[e];
    }
    if (c.residual) {
      load_four_of<T>({c.residual, c.element}, i * 4, values);
#pragma unroll
      for (int e = 0; e < 4; ++e) sum[e] += values[e];
    }
    store_four(y, i * 4, sum);
  }
}

template <typename T>
__global__ void depthwise_codes(gpu::IntegerConvolution c, std::int64_t count) {
  const gpu::Window& w = c.window;
  const int fours = w.C / 4, taps = w.R * w.S;
  const auto* x = reinterpret_cast<const T*>(c.x);
  const auto* weights = reinterpret_cast<const std::int8_t*>(c.w);
  for (std::int64_t i = first_element(); i < count; i += element_stride()) {
    const int channel = static_cast<int>(i % fours) * 4;
    std::int32_t sum[4] = {};
    over_taps(w, static_cast<std::uint32_t>(i / fours), channel, [&](int r, int s, std::int64_t at) {
      Four<T> four;
      if (at >= 0) four = *reinterpret_cast<const Four<T>*>(x + at);
#pragma unroll
      for (int e = 0; e < 4; ++e)
        sum[e] += (at < 0 ? c.zero_x : static_cast<std::int32_t>(four.of[e])) *
                  weights[(channel + e) * taps + r * w.S + s];
    });
    std::uint32_t codes = 0;
#pragma unroll
    for (int e = 0; e < 4; ++e) {
      const int k = channel + e;
      std::int32_t code =
          requantised(c, sum[e], c.bias ? element<std::int32_t>(c.bias, k) : 0, element<float>(c.scale, k));
      if (c.other) code = with_other(c, code, code_at(c.other, c.other_element, i * 4 + e));
      codes |= static_cast<std::uint32_t>(code & 0xFF) << 8 * e;
    }
    *reinterpret_cast<std::uint32_t*>(c.y + static_cast<gpu::Address>(i) * 4) = codes;
  }
}

template <typename Request>
bool is_depthwise(const Request& c) {
  const std::int64_t pixels = static_cast<std::int64_t>(c.window.N) * c.window.P * c.window.Q;
  return c.groups == c.window.C && c.K == c.window.C && c.groups % 4 == 0 && c.groups > 1 && c.x % 16 == 0 &&
         c.y % 16 == 0 && pixels < std::int64_t{1} << 31;
}

template <typename Request>
std::int64_t fours_of(const Request& c) {
  return static_cast<std::int64_t>(c.window.N) * c.window.P * c.window.Q * (c.window.C / 4);
}

}  // namespace

bool fits_depthwise(const gpu::Convolution& c) {
  return is_depthwise(c) && c.bias % 16 == 0 && c.residual % 16 == 0;
}
bool fits_depthwise(const gpu::IntegerConvolution& c) { return is_depthwise(c) && c.batches == 1; }

void launch_depthwise(const gpu::Convolution& c, cudaStream_t stream) {
  const std::int64_t fours = fours_of(c);
  if (fours == 0 || launch_depthwise_strips(c, stream)) return;
  if (c.element == gpu::Element::f16)
    depthwise_reals<__half><<<blocks_for(fours), kThreads, 0, stream>>>(c, fours);
  else if (c.element == gpu::Element::bf16)
    depthwise_reals<__nv_bfloat16><<<blocks_for(fours), kThreads, 0, stream>>>(c, fours);
  else
    depthwise_reals<float><<<blocks_for(fours), kThreads, 0, stream>>>(c, fours);
  NNP_CUDA(cudaGetLastError());
}

void launch_depthwise(const gpu::IntegerConvolution& c, cudaStream_t stream) {
  const std::int64_t fours = fours_of(c);
  if (fours == 0 || launch_depthwise_strips(c, stream)) return;
  if (c.x_element == gpu::Element::u8)
    depthwise_codes<std::uint8_t><<<blocks_for(fours), kThreads, 0, stream>>>(c, fours);
  else
    depthwise_codes<std::int8_t><<<blocks_for(fours), kThreads, 0, stream>>>(c, fours);
  NNP_CUDA(cudaGetLastError());
}

}  // namespace nnp::cuda
