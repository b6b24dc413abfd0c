// SPDX-License-Identifier: Apache-2.0
// Behind library calls: what a convolution or product leaves to do in place.
#include "host_runtime/reference/cuda/grid.cuh"
#include "host_runtime/reference/cuda/kernels.h"
#include "host_runtime/reference/cuda/numbers.cuh"

namespace nnp::cuda {
namespace {

__global__ void finish(Epilogue e) {
  const gpu::Source y{e.y, e.element}, bias{e.bias, e.element}, residual{e.residual, e.element};
  const gpu::Target target{e.y, e.element, 1, 0, e.lo, e.hi};
  for (std::int64_t i = first_element(); i < e.count; i += element_stride()) {
    float value = load(y, i);
    if (e.bias) value += load(bias, i % e.channels);
    if (e.residual) value += load(residual, i);
    store(target, i, value);
  }
}

}  // namespace

void launch(const Epilogue& e, cudaStream_t stream) {
  if (e.count == 0) return;
  finish<<<blocks_for(e.count), kThreads, 0, stream>>>(e);
  NNP_CUDA(cudaGetLastError());
}

}  // namespace nnp::cuda
