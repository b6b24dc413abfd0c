// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/reference/cuda/recording.h"

#include <algorithm>
#include <limits>

namespace nnp::cuda {

Recording::Recording(cudaStream_t stream, const std::function<void()>& queue) : stream_(stream) {
  cudaGraph_t recorded = nullptr;
  NNP_CUDA(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
  try {
    queue();
  } catch (...) {
    cudaStreamEndCapture(stream, &recorded);
    if (recorded) cudaGraphDestroy(recorded);
    throw;
  }
  NNP_CUDA(cudaStreamEndCapture(stream, &recorded));
  const cudaError_t status = cudaGraphInstantiate(&graph_, recorded, 0);
  cudaGraphDestroy(recorded);
  check(status, "cudaGraphInstantiate");
  NNP_CUDA(cudaEventCreate(&start_));
  NNP_CUDA(cudaEventCreate(&stop_));
}

Recording::~Recording() {
  if (graph_) cudaGraphExecDestroy(graph_);
  if (start_) cudaEventDestroy(start_);
  if (stop_) cudaEventDestroy(stop_);
}

void Recording::launch() const { NNP_CUDA(cudaGraphLaunch(graph_, stream_)); }

double Recording::seconds() const {
  NNP_CUDA(cudaEventRecord(start_, stream_));
  launch();
  NNP_CUDA(cudaEventRecord(stop_, stream_));
  NNP_CUDA(cudaEventSynchronize(stop_));
  float milliseconds = 0;
  NNP_CUDA(cudaEventElapsedTime(&milliseconds, start_, stop_));
  return static_cast<double>(milliseconds) / 1e3;
}

double seconds_of(const Context& context, const Launch& launch, int times, int repeats) {
  double least = std::numeric_limits<double>::infinity();
  try {
    launch(context.stream);
    NNP_CUDA(cudaStreamSynchronize(context.stream));
    const Recording recording(context.stream, [&] {
      for (int i = 0; i < times; ++i) launch(context.stream);
    });
    recording.launch();
    for (int i = 0; i < repeats; ++i) least = std::min(least, recording.seconds() / times);
  } catch (const gpu::GpuError&) {
    cudaGetLastError();  // what a kernel could not do is no error of the next one
    return std::numeric_limits<double>::infinity();
  }
  return least;
}

}  // namespace nnp::cuda
