// SPDX-License-Identifier: Apache-2.0
// LSTMs: cuDNN's, and products with cells of our own.
#pragma once

#include <optional>

#include "host_runtime/reference/cuda/handles.h"

namespace nnp::cuda {

/// The fastest on this GPU. Writes the results while it tries.
Kernel prepare(const Context&, const gpu::Lstm&);

/// The whole sequence by one call of cuDNN, whose kernels keep the weights of a step on the chip for the
/// next. It goes forwards only. Throws GpuError for what this cuDNN has not.
Kernel prepare_cudnn(const Context&, const gpu::Lstm&, cudnnRNNAlgo_t);

/// The same LSTM with I and H filled up to whole rows, by a kernel that `prepare` makes. Of 16-bit numbers.
using PrepareLstm = Kernel (*)(const Context&, const gpu::Lstm&);
Kernel prepare_padded(const Context&, const gpu::Lstm&, PrepareLstm prepare);

}  // namespace nnp::cuda
