// SPDX-License-Identifier: Apache-2.0
// The libraries' descriptors, freed with their scope, and what all kernels of one program share.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "host_runtime/reference/cuda/check.h"

namespace nnp::cuda {

/// Throws GpuError for an element that is no real, in the name of `whom`.
inline cudnnDataType_t cudnn_type(gpu::Element element, const char* whom) {
  switch (element) {
    case gpu::Element::f16:
      return CUDNN_DATA_HALF;
    case gpu::Element::bf16:
      return CUDNN_DATA_BFLOAT16;
    case gpu::Element::f32:
      return CUDNN_DATA_FLOAT;
    default:
      fail(whom, std::string("none of ") + gpu::to_string(element));
  }
}

/// A descriptor made by kCreate(&handle) and freed by kDestroy(handle).
template <typename Handle, auto kCreate, auto kDestroy>
class Owned {
 public:
  Owned() { check(kCreate(&handle_), "create a descriptor"); }
  ~Owned() {
    if (handle_) kDestroy(handle_);
  }
  Owned(Owned&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Owned& operator=(Owned&&) = delete;
  Handle get() const { return handle_; }

 private:
  Handle handle_ = nullptr;
};

using TensorDescriptor =
    Owned<cudnnTensorDescriptor_t, cudnnCreateTensorDescriptor, cudnnDestroyTensorDescriptor>;
using FilterDescriptor =
    Owned<cudnnFilterDescriptor_t, cudnnCreateFilterDescriptor, cudnnDestroyFilterDescriptor>;
using ConvolutionDescriptor =
    Owned<cudnnConvolutionDescriptor_t, cudnnCreateConvolutionDescriptor, cudnnDestroyConvolutionDescriptor>;
using ActivationDescriptor =
    Owned<cudnnActivationDescriptor_t, cudnnCreateActivationDescriptor, cudnnDestroyActivationDescriptor>;

/// A stretch of device memory.
class Memory {
 public:
  explicit Memory(std::size_t bytes) : bytes_(bytes) { NNP_CUDA(cudaMalloc(&at_, bytes)); }
  ~Memory() { cudaFree(at_); }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  void* get() const { return at_; }
  gpu::Address address() const { return reinterpret_cast<gpu::Address>(at_); }
  std::size_t bytes() const { return bytes_; }

 private:
  void* at_ = nullptr;
  std::size_t bytes_;
};

/// Queues a kernel on the stream.
using Launch = std::function<void(cudaStream_t)>;
struct Kernel {
  Launch launch;
  std::string description;
};

/// What preparing a kernel needs: handles on one stream, one workspace that all kernels use in turn.
struct Context {
  Owned<cudnnHandle_t, cudnnCreate, cudnnDestroy> cudnn;
  Owned<cublasLtHandle_t, cublasLtCreate, cublasLtDestroy> cublas;
  cudaStream_t stream;
  Memory workspace{std::size_t{256} << 20};

  Context();
  ~Context();
  void* workspace_for(std::size_t bytes, const char* whom) const {
    if (bytes > workspace.bytes()) fail(whom, "asks for a workspace of " + std::to_string(bytes) + " bytes");
    return workspace.get();
  }
};

}  // namespace nnp::cuda
