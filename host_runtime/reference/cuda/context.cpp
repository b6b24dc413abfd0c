// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/reference/cuda/handles.h"

namespace nnp::cuda {

Context::Context() {
  NNP_CUDA(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  NNP_CUDA(cudnnSetStream(cudnn.get(), stream));
}

Context::~Context() { cudaStreamDestroy(stream); }

}  // namespace nnp::cuda
