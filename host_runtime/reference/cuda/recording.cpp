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

double seconds_of(const Context& context, const Launch& launch, int repeats) {
  constexpr double kRow = 1e-3;  // seconds of launches in a row that drown what an event costs
  constexpr int kMostTimes = 20;
  try {
    launch(context.stream);
    NNP_CUDA(cudaStreamSynchronize(context.stream));
    const double one = Recording(context.stream, [&] { launch(context.stream); }).seconds();
    if (one >= kRow) repeats = std::min(repeats, 2);
    const int times = std::clamp(static_cast<int>(kRow / std::max(one, 1e-7)), 1, kMostTimes);
    const Recording row(context.stream, [&] {
      for (int i = 0; i < times; ++i) launch(context.stream);
    });
    double least = row.seconds() / times;
    for (int i = 1; i < repeats; ++i) least = std::min(least, row.seconds() / times);
    return least;
  } catch (const gpu::GpuError&) {
    cudaGetLastError();  // what a kernel could not do is no error of the next one
    return std::numeric_limits<double>::infinity();
  }
}

}  // namespace nnp::cuda
