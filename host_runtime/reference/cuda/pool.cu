// SPDX-License-Identifier: Apache-2.0
// Pooling of reals and codes, channels side by side: a thread an element.
#include "host_runtime/reference/cuda/grid.cuh"
#include "host_runtime/reference/cuda/kernels.h"
#include "host_runtime/reference/cuda/numbers.cuh"

namespace nnp::cuda {
namespace {

struct Tap {
  int row, column;
  bool inside;
};
__device__ Tap tap_of(const gpu::Window& w, int p, int q, int r, int s) {
  const int row = p * w.stride[0] - w.pad[0] + r * w.dilation[0],
            column = q * w.stride[1] - w.pad[1] + s * w.dilation[1];
  return {row, column, row >= 0 && row < w.H && column >= 0 && column < w.W};
}

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

}  // namespace

void launch(const gpu::Pool& request, cudaStream_t stream) {
  const gpu::Window& w = request.window;
  const std::int64_t count = static_cast<std::int64_t>(w.N) * w.P * w.Q * w.C;
  if (count == 0) return;
  pool<<<blocks_for(count), kThreads, 0, stream>>>(request, count);
  NNP_CUDA(cudaGetLastError());
}

}  // namespace nnp::cuda
