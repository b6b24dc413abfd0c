// SPDX-License-Identifier: Apache-2.0
// Softmax and layer normalisation of any rows: a block a row, three passes over it.
#include "host_runtime/reference/cuda/grid.cuh"
#include "host_runtime/reference/cuda/kernels.h"
#include "host_runtime/reference/cuda/numbers.cuh"

namespace nnp::cuda {
namespace {

constexpr int kWarp = 32, kMostWarps = 32;

struct Sum {
  __device__ float operator()(float a, float b) const { return a + b; }
};
struct Largest {
  __device__ float operator()(float a, float b) const { return fmaxf(a, b); }
};

/// The same value in every thread of the block.
template <typename Combine>
__device__ float over_block(float value, float neutral, Combine combine) {
  __shared__ float of_warp[kMostWarps];
  for (int distance = kWarp / 2; distance > 0; distance /= 2)
    value = combine(value, __shfl_xor_sync(0xFFFFFFFFu, value, distance));
  const unsigned warp = threadIdx.x / kWarp, lane = threadIdx.x % kWarp, warps = blockDim.x / kWarp;
  __syncthreads();  // what an earlier call left in of_warp has been read
  if (lane == 0) of_warp[warp] = value;
  __syncthreads();
  value = lane < warps ? of_warp[lane] : neutral;
  for (int distance = kWarp / 2; distance > 0; distance /= 2)
    value = combine(value, __shfl_xor_sync(0xFFFFFFFFu, value, distance));
  return value;
}

__global__ void softmax(gpu::Softmax s) {
  const std::int64_t row = static_cast<std::int64_t>(blockIdx.x) * s.n;
  const float lowest = -INFINITY;
  float largest = lowest;
  for (std::int64_t i = threadIdx.x; i < s.n; i += blockDim.x) largest = fmaxf(largest, load(s.x, row + i));
  largest = over_block(largest, lowest, Largest());
  float sum = 0;
  for (std::int64_t i = threadIdx.x; i < s.n; i += blockDim.x) sum += expf(load(s.x, row + i) - largest);
  sum = over_block(sum, 0, Sum());
  for (std::int64_t i = threadIdx.x; i < s.n; i += blockDim.x)
    store(s.y, row + i, expf(load(s.x, row + i) - largest) / sum);
}

__global__ void layer_normalization(gpu::LayerNormalization l) {
  const std::int64_t row = static_cast<std::int64_t>(blockIdx.x) * l.n;
  const auto count = static_cast<float>(l.n);
  float sum = 0;
  for (std::int64_t i = threadIdx.x; i < l.n; i += blockDim.x) sum += load(l.x, row + i);
  const float mean = over_block(sum, 0, Sum()) / count;
  float squares = 0;
  for (std::int64_t i = threadIdx.x; i < l.n; i += blockDim.x) {
    const float distance = load(l.x, row + i) - mean;
    squares += distance * distance;
  }
  const float factor = 1 / sqrtf(over_block(squares, 0, Sum()) / count + l.epsilon);
  for (std::int64_t i = threadIdx.x; i < l.n; i += blockDim.x) {
    float value = (load(l.x, row + i) - mean) * factor;
    if (l.scale) value *= element<float>(l.scale, i);
    if (l.shift) value += element<float>(l.shift, i);
    store(l.y, row + i, value);
  }
}

/// Whole warps, no more than a row can use.
unsigned threads_for(std::int64_t n) {
  const std::int64_t threads = (n + kWarp - 1) / kWarp * kWarp;
  return static_cast<unsigned>(threads < kThreads ? threads : kThreads);
}

}  // namespace

void launch(const gpu::Softmax& s, cudaStream_t stream) {
  if (s.rows == 0 || s.n == 0 || launch_short_rows(s, stream)) return;
  softmax<<<static_cast<unsigned>(s.rows), threads_for(s.n), 0, stream>>>(s);
  NNP_CUDA(cudaGetLastError());
}

void launch(const gpu::LayerNormalization& l, cudaStream_t stream) {
  if (l.rows == 0 || l.n == 0 || launch_short_rows(l, stream)) return;
  layer_normalization<<<static_cast<unsigned>(l.rows), threads_for(l.n), 0, stream>>>(l);
  NNP_CUDA(cudaGetLastError());
}

}  // namespace nnp::cuda
