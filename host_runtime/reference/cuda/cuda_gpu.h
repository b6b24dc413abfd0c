// SPDX-License-Identifier: Apache-2.0
// The first CUDA device as a gpu::Gpu.
#pragma once

#include <memory>

#include "host_runtime/reference/cuda/handles.h"

namespace nnp::cuda {

class CudaGpu : public gpu::Gpu {
 public:
  gpu::Device device() override;
  gpu::Address allocate(std::size_t bytes) override;
  void release(gpu::Address) override;
  void upload(gpu::Address to, const void* from, std::size_t bytes) override;
  void download(void* to, gpu::Address from, std::size_t bytes) override;
  void fill(gpu::Address, std::uint8_t value, std::size_t bytes) override;
  std::unique_ptr<gpu::Program> program() override;
  double time_upload(std::size_t bytes, int repeats) override;
  double time_download(std::size_t bytes, int repeats) override;
  double time_copy(std::size_t bytes, int repeats) override;

 private:
  double time_transfer(void* to, const void* from, std::size_t bytes, cudaMemcpyKind, int repeats);
  Context context_;
};

}  // namespace nnp::cuda
