// SPDX-License-Identifier: Apache-2.0
// Around library calls: what a convolution or product leaves to do in place, and a matrix turned for it.
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

__global__ void transpose(std::uint8_t* to, const std::uint8_t* from, int rows, int columns,
                          std::int64_t count) {
  const std::int64_t area = static_cast<std::int64_t>(rows) * columns;
  for (std::int64_t i = first_element(); i < count; i += element_stride()) {
    const std::int64_t batch = i / area, within = i % area, column = within / rows, row = within % rows;
    to[i] = from[batch * area + row * columns + column];
  }
}

}  // namespace

void launch(const Epilogue& e, cudaStream_t stream) {
  if (e.count == 0) return;
  finish<<<blocks_for(e.count), kThreads, 0, stream>>>(e);
  NNP_CUDA(cudaGetLastError());
}

void transpose_bytes(gpu::Address to, gpu::Address from, int rows, int columns, int batches,
                     cudaStream_t stream) {
  const std::int64_t count = static_cast<std::int64_t>(rows) * columns * batches;
  if (count == 0) return;
  transpose<<<blocks_for(count), kThreads, 0, stream>>>(
      reinterpret_cast<std::uint8_t*>(to), reinterpret_cast<const std::uint8_t*>(from), rows, columns, count);
  NNP_CUDA(cudaGetLastError());
}

}  // namespace nnp::cuda
