// SPDX-License-Identifier: Apache-2.0
// Every return code of CUDA, cuDNN and cuBLASLt is looked at; a bad one becomes a GpuError that names the
// call.
#pragma once

#include <cublasLt.h>
#include <cuda_runtime.h>
#include <cudnn.h>

#include "host_runtime/reference/gpu/gpu.h"

namespace nnp::cuda {

[[noreturn]] inline void fail(const char* call, const std::string& what) {
  throw gpu::GpuError(std::string(call) + ": " + what);
}
inline void check(cudaError_t status, const char* call) {
  if (status != cudaSuccess) fail(call, cudaGetErrorString(status));
}
inline void check(cudnnStatus_t status, const char* call) {
  if (status != CUDNN_STATUS_SUCCESS) fail(call, cudnnGetErrorString(status));
}
inline void check(cublasStatus_t status, const char* call) {
  if (status != CUBLAS_STATUS_SUCCESS) fail(call, cublasLtGetStatusString(status));
}

}  // namespace nnp::cuda

#define NNP_CUDA(call) ::nnp::cuda::check((call), #call)
