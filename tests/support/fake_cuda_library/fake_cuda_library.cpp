// SPDX-License-Identifier: Apache-2.0
// In the place of libnnpsim_cuda.so: answers with loops, and as $NNPSIM_FAKE_CUDA says: "no device", "other
// interface", "wrong kernel" (one element of the first product), "broken" (no memory).
#include <cstdio>
#include <cstdlib>

#include "host_runtime/reference/cuda/open.h"
#include "host_runtime/reference/gpu/loops_gpu.h"
#include "tests/support/gpu_decorators.h"

namespace nnp::test {
namespace {

std::string wanted() {
  const char* const value = std::getenv("NNPSIM_FAKE_CUDA");
  return value == nullptr ? "" : value;
}

class FakeGpu : public SpoiledGpu {
 public:
  explicit FakeGpu(std::unique_ptr<gpu::Gpu> loops)
      : SpoiledGpu(*loops, {0, 0, wanted() == "wrong kernel" ? 2 : 0}), loops_(std::move(loops)) {}
  gpu::Device device() override {
    gpu::Device device;
    device.name = "Fake GPU", device.driver = "1.2.3", device.compute_capability = "9.0";
    device.cuda = "13.0", device.cublas = "13.1.0";  // no cuDNN
    return device;
  }
  gpu::Address allocate(std::size_t bytes) override {
    if (wanted() == "broken") throw gpu::GpuError("cudaMalloc: error 2, out of memory");
    return SpoiledGpu::allocate(bytes);
  }

 private:
  std::unique_ptr<gpu::Gpu> loops_;
};

}  // namespace
}  // namespace nnp::test

extern "C" int nnpsim_cuda_interface() {
  return nnp::gpu::kInterface + (nnp::test::wanted() == "other interface" ? 1 : 0);
}

extern "C" nnp::gpu::Gpu* nnpsim_open_cuda(char* reason, std::size_t reason_bytes) {
  if (nnp::test::wanted() == "no device") {
    std::snprintf(reason, reason_bytes, "no CUDA device");
    return nullptr;
  }
  return new nnp::test::FakeGpu(nnp::gpu::loops_gpu());
}
