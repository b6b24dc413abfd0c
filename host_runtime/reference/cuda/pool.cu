// SPDX-License-Identifier: Apache-2.0
// Pooling of reals and codes, channels side by side: a thread an element.
#include "host_runtime/reference/cuda/fours.cuh"
#include "host_runtime/reference/cuda/grid.cuh"
#include "host_runtime/reference/cuda/kernels.h"

namespace nnp::cuda {
namespace {

__global__ void pool(gpu::Pool pool, std::int64_t count) {
  const gpu::Window& w = pool.window;
  for (std::int64_t i = first_element(); i < count; i += element_stride()) {
    const auto c = static_cast<int>(i % w.C), q = static_cast<int>(i / w.C % w.Q),
               p = static_cast<int>(i / w.C / w.Q % w.P);
    const std::int64_t image = i / w.C / w.Q / w.P;
    gpu::Source taps = pool.x;
    if (pool.average) taps.scale = 1;  // the sum is of codes, exact
    float sum = 0, largest = -INFINITY;
    int inside = 0;
    for (int r = 0; r < w.R; ++r)
      for (int s = 0; s < w.S; ++s) {
        const Tap tap = tap_of(w, p, q, r, s);
        if (!tap.inside) continue;
        const float value = load(taps, ((image * w.H + tap.row) * w.W + tap.column) * w.C + c);
        ++inside;
        sum += value;
        if (value > largest) largest = value;
      }
    const int taps_counted = pool.count_padding ? w.R * w.S : inside;
    const float mean = taps_counted == 0 ? 0 : sum * (pool.x.scale / static_cast<float>(taps_counted));
    store(pool.y, i, pool.average ? mean : largest);
  }
}

/// Four channels a thread, where C is a multiple of 4: the same as pool(), most of the time for a quarter of
/// its index arithmetic.
template <typename T>
__global__ void pool_fours(gpu::Pool pool, std::int64_t count) {
  const gpu::Window& w = pool.window;
  const int fours = w.C / 4;
  for (std::int64_t i = first_element(); i < count; i += element_stride()) {
    const auto pixel = static_cast<std::uint32_t>(i / fours);
    const int c = static_cast<int>(i % fours) * 4;
    const auto row = static_cast<std::uint32_t>(pixel / static_cast<unsigned>(w.Q));
    const auto q = static_cast<int>(pixel % static_cast<unsigned>(w.Q)),
               p = static_cast<int>(row % static_cast<unsigned>(w.P));
    const std::int64_t image = row / static_cast<unsigned>(w.P);
    float sum[4] = {}, largest[4] = {-INFINITY, -INFINITY, -INFINITY, -INFINITY};
    const auto zero = static_cast<float>(pool.x.zero);
    int inside = 0;
    for (int r = 0; r < w.R; ++r)
      for (int s = 0; s < w.S; ++s) {
        const Tap tap = tap_of(w, p, q, r, s);
        if (!tap.inside) continue;
        const std::int64_t at = ((image * w.H + tap.row) * w.W + tap.column) * w.C + c;
        const Four<T> four = *reinterpret_cast<const Four<T>*>(reinterpret_cast<const T*>(pool.x.at) + at);
        ++inside;
#pragma unroll
        for (int e = 0; e < 4; ++e) {
          const float value = real(four.of[e]) - zero;
          sum[e] += value;
          largest[e] = value > largest[e] ? value : largest[e];
        }
      }
    const int counted = pool.count_padding ? w.R * w.S : inside;
    const float factor = counted == 0 ? 0 : pool.x.scale / static_cast<float>(counted);
#pragma unroll
    for (int e = 0; e < 4; ++e)
      store(pool.y, i * 4 + e, pool.average ? sum[e] * factor : largest[e] * pool.x.scale);
  }
}

template <typename T>
void queue_fours(const gpu::Pool& request, std::int64_t fours, cudaStream_t stream) {
  pool_fours<T><<<blocks_for(fours), kThreads, 0, stream>>>(request, fours);
}

/// False for an element that has no such kernel.
bool launch_fours(const gpu::Pool& request, std::int64_t fours, cudaStream_t stream) {
  switch (request.x.element) {
    case gpu::Element::f32:
      return queue_fours<float>(request, fours, stream), true;
    case gpu::Element::f16:
      return queue_fours<__half>(request, fours, stream), true;
    case gpu::Element::bf16:
      return queue_fours<__nv_bfloat16>(request, fours, stream), true;
    case gpu::Element::s8:
      return queue_fours<std::int8_t>(request, fours, stream), true;
    case gpu::Element::u8:
      return queue_fours<std::uint8_t>(request, fours, stream), true;
    default:
      return false;
  }
}

}  // namespace

void launch(const gpu::Pool& request, cudaStream_t stream) {
  const gpu::Window& w = request.window;
  const std::int64_t count = static_cast<std::int64_t>(w.N) * w.P * w.Q * w.C;
  if (count == 0) return;
  const bool aligned = request.x.at % 16 == 0 && w.C % 4 == 0 && count / 4 < std::int64_t{1} << 31;
  if (aligned && launch_fours(request, count / 4, stream)) return NNP_CUDA(cudaGetLastError());
  pool<<<blocks_for(count), kThreads, 0, stream>>>(request, count);
  NNP_CUDA(cudaGetLastError());
}

}  // namespace nnp::cuda
