// SPDX-License-Identifier: Apache-2.0
// Real convolutions by cuDNN.
#pragma once

#include "host_runtime/reference/cuda/handles.h"

namespace nnp::cuda {

/// Tries cuDNN's algorithms, with bias, residual and ReLU in the same call where cuDNN takes them, and keeps
/// the fastest on this GPU. Writes y while it tries.
Kernel prepare(const Context&, const gpu::Convolution&);

}  // namespace nnp::cuda
