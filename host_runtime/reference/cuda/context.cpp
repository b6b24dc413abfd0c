// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include "host_runtime/reference/cuda/handles.h"

namespace nnp::cuda {

Context::Context() {
  NNP_CUDA(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  NNP_CUDA(cudnnSetStream(cudnn.get(), stream));
}

Context::~Context() { cudaStreamDestroy(stream); }

float milliseconds(const Context& context, const Launch& launch, int repeats) {
  cudaEvent_t start, stop;
  NNP_CUDA(cudaEventCreate(&start));
  NNP_CUDA(cudaEventCreate(&stop));
  float least = std::numeric_limits<float>::infinity();
  try {
    launch(context.stream);
    for (int i = 0; i < repeats; ++i) {
      NNP_CUDA(cudaEventRecord(start, context.stream));
      launch(context.stream);
      NNP_CUDA(cudaEventRecord(stop, context.stream));
      NNP_CUDA(cudaEventSynchronize(stop));
      float spent = 0;
      NNP_CUDA(cudaEventElapsedTime(&spent, start, stop));
      least = std::min(least, spent);
    }
  } catch (const gpu::GpuError&) {
    least = std::numeric_limits<float>::infinity();
  }
  cudaEventDestroy(start);
  cudaEventDestroy(stop);
  return least;
}

}  // namespace nnp::cuda
