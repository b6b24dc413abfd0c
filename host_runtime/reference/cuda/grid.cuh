// SPDX-License-Identifier: Apache-2.0
// A thread an element: launches over any count of elements, each thread striding over the grid.
#pragma once

#include "host_runtime/reference/cuda/check.h"

namespace nnp::cuda {

inline constexpr int kThreads = 256;

/// Blocks for `count` elements; the rest is walked by grid-stride loops.
inline unsigned blocks_for(std::int64_t count, int threads = kThreads) {
  constexpr std::int64_t kMostBlocks = 1 << 20;
  const std::int64_t blocks = (count + threads - 1) / threads;
  return static_cast<unsigned>(blocks < 1 ? 1 : blocks < kMostBlocks ? blocks : kMostBlocks);
}

__device__ __forceinline__ std::int64_t first_element() {
  return static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}
__device__ __forceinline__ std::int64_t element_stride() {
  return static_cast<std::int64_t>(gridDim.x) * blockDim.x;
}

}  // namespace nnp::cuda
