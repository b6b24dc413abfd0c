// SPDX-License-Identifier: Apache-2.0
// Matrix products by cuBLASLt.
#pragma once

#include "host_runtime/reference/cuda/handles.h"

namespace nnp::cuda {

/// Times cuBLASLt's best few algorithms and keeps the fastest on this GPU. Writes d while it tries.
/// `residual`, shaped as d, is added before the clamp.
Kernel prepare(const Context&, const gpu::Product&, gpu::Address residual = 0);

}  // namespace nnp::cuda
