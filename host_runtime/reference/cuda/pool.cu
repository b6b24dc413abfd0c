// SPDX-License-Identifier: Apache-2.0
// Pooling of reals and codes, channels side by side: a thread an element, or a piece of several channels.
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

/// What a thread gathers, exact for codes.
__device__ __forceinline__ std::int32_t gathered(std::int8_t x) { return x; }
__device__ __forceinline__ std::int32_t gathered(std::uint8_t x) { return x; }
template <typename T>
__device__ __forceinline__ float gathered(T x) {
  return real(x);
}
__device__ __forceinline__ std::int32_t larger(std::int32_t a, std::int32_t b) { return a > b ? a : b; }
__device__ __forceinline__ float larger(float a, float b) { return fmaxf(a, b); }
__device__ __forceinline__ float above(std::int32_t x, std::int32_t zero) {
  return static_cast<float>(x - zero);
}
__device__ __forceinline__ float above(float x, std::int32_t) { return x; }

/// kCount channels a thread: the same as pool(), but for the order in which zeros of both signs compare.
template <typename T, int kCount, bool kAverage>
__global__ void pool_packs(gpu::Pool pool, std::int64_t count) {
  constexpr int kBatch = kAverage ? 8 : 4;  // columns on their way together
  using Result = decltype(gathered(T{}));
  constexpr float kLeast = std::is_same_v<Result, float> ? -INFINITY : -256;
  const gpu::Window& w = pool.window;
  const auto packs = static_cast<unsigned>(w.C / kCount);
  for (std::int64_t i = first_element(); i < count; i += element_stride()) {
    const auto index = static_cast<unsigned>(i);
    const unsigned pixel = index / packs, row_of_all = pixel / static_cast<unsigned>(w.Q),
                   image = row_of_all / static_cast<unsigned>(w.P);
    const auto q = static_cast<int>(pixel - row_of_all * static_cast<unsigned>(w.Q)),
               p = static_cast<int>(row_of_all - image * static_cast<unsigned>(w.P));
    const auto* const x = reinterpret_cast<const Bits<T, kCount>*>(pool.x.at) +
                          static_cast<std::int64_t>(image) * w.H * w.W * packs + (index - pixel * packs);
    Result result[kCount];
#pragma unroll
    for (int e = 0; e < kCount; ++e) result[e] = kAverage ? 0 : static_cast<Result>(kLeast);
    int inside = 0;
    for (int r = 0; r < w.R; ++r) {
      const int row = p * w.stride[0] - w.pad[0] + r * w.dilation[0];
      if (row < 0 || row >= w.H) continue;
      for (int first = 0; first < w.S; first += kBatch) {
        Bits<T, kCount> taps[kBatch];
        bool taken[kBatch];
#pragma unroll
        for (int j = 0; j < kBatch; ++j) {
          const int column = q * w.stride[1] - w.pad[1] + (first + j) * w.dilation[1];
          taken[j] = first + j < w.S && column >= 0 && column < w.W;
          if (taken[j]) taps[j] = x[(static_cast<std::int64_t>(row) * w.W + column) * packs];
        }
#pragma unroll
        for (int j = 0; j < kBatch; ++j) {
          if (!taken[j]) continue;
          const Pack<T, kCount> tap = pack_of<T, kCount>(taps[j]);
          ++inside;
#pragma unroll
          for (int e = 0; e < kCount; ++e) {
            if constexpr (kAverage)
              result[e] += gathered(tap.of[e]);
            else
              result[e] = larger(result[e], gathered(tap.of[e]));
          }
        }
      }
    }
    const int counted = pool.count_padding ? w.R * w.S : inside;
    const float factor = !kAverage      ? pool.x.scale
                         : counted == 0 ? 0
                                        : pool.x.scale / static_cast<float>(counted);
    const std::int32_t zero = kAverage ? inside * pool.x.zero : pool.x.zero;
#pragma unroll
    for (int first = 0; first < kCount; first += 4) {
      float four[4];
#pragma unroll
      for (int e = 0; e < 4; ++e)
        four[e] = (kAverage || inside > 0 ? above(result[first + e], zero) : -INFINITY) * factor;
      store_four(pool.y, i * kCount + first, four);
    }
  }
}

template <typename T, int kCount>
void queue_packs(const gpu::Pool& request, std::int64_t elements, cudaStream_t stream) {
  const std::int64_t count = elements / kCount;
  if (request.average)
    pool_packs<T, kCount, true><<<blocks_for(count), kThreads, 0, stream>>>(request, count);
  else
    pool_packs<T, kCount, false><<<blocks_for(count), kThreads, 0, stream>>>(request, count);
}

/// False for elements that do not lie in packs.
bool launch_packs(const gpu::Pool& request, std::int64_t elements, cudaStream_t stream) {
  constexpr std::int64_t kBusy = 1 << 17;  // threads that keep a GPU busy
  const gpu::Window& w = request.window;
  if (w.C % 4 != 0 || request.x.at % 16 != 0 || request.y.at % 16 != 0 ||
      elements / 4 >= std::int64_t{1} << 31)
    return false;
  return with_pack_type(request.x.element, [&](auto type) {
    using T = decltype(type);
    constexpr int kMost = 16 / sizeof(T);
    if (w.C % kMost == 0 && elements / kMost >= kBusy)
      queue_packs<T, kMost>(request, elements, stream);
    else
      queue_packs<T, 4>(request, elements, stream);
  });
}

}  // namespace

void launch(const gpu::Pool& request, cudaStream_t stream) {
  const gpu::Window& w = request.window;
  const std::int64_t count = static_cast<std::int64_t>(w.N) * w.P * w.Q * w.C;
  if (count == 0) return;
  if (launch_packs(request, count, stream)) return NNP_CUDA(cudaGetLastError());
  pool<<<blocks_for(count), kThreads, 0, stream>>>(request, count);
  NNP_CUDA(cudaGetLastError());
}

}  // namespace nnp::cuda
