// SPDX-License-Identifier: Apache-2.0
// The two functions by which nnpsim finds its way into this library; open.h is the other end.
#include <algorithm>
#include <cstring>

#include "host_runtime/reference/cuda/cuda_gpu.h"

namespace {

void say(char* to, std::size_t bytes, const std::string& text) {
  if (bytes == 0) return;
  const std::size_t length = std::min(bytes - 1, text.size());
  std::memcpy(to, text.data(), length);
  to[length] = '\0';
}

}  // namespace

extern "C" int nnpsim_cuda_interface() { return nnp::gpu::kInterface; }

/// Null with a reason where no device can be used. The caller deletes what it gets.
extern "C" nnp::gpu::Gpu* nnpsim_open_cuda(char* reason, std::size_t reason_bytes) {
  int devices = 0;
  const cudaError_t status = cudaGetDeviceCount(&devices);
  if (status == cudaErrorNoDevice || status == cudaErrorInsufficientDriver ||
      (status == cudaSuccess && devices == 0)) {
    say(reason, reason_bytes, "no CUDA device");
    return nullptr;
  }
  try {
    nnp::cuda::check(status, "cudaGetDeviceCount");
    return new nnp::cuda::CudaGpu;
  } catch (const std::exception& error) {
    say(reason, reason_bytes, error.what());
    return nullptr;
  }
}
