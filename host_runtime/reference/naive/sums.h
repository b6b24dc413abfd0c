// SPDX-License-Identifier: Apache-2.0
// An integer multiply-accumulate node in two halves: its int32 sums, and what follows from them (bias, scale,
// clamp; for an LSTM the gates). The halves meet in `accumulators` of reference.h; judges replace the first
// by the chip's or oneDNN's own sums.
#pragma once

#include "host_runtime/reference/naive/call.h"

namespace nnp::reference::naive {

/// A conv, gemm, matmul or lstm between integer values.
bool has_sums(const ir::Graph&, const ir::Node&);

/// [m, n] of the node's sums.
ir::Shape sums_shape(const ir::Graph&, const ir::Node&);

/// Writes the node's outputs from given sums. Throws std::runtime_error when they have another shape or type.
void finish(const ir::Graph&, const ir::Node&, const ir::Tensor& sums, Tensors& values);

// By operator family: conv.cpp, gemm.cpp (Gemm and MatMul), lstm.cpp.
ir::Shape conv_sums_shape(const Operands&);
ir::Tensor conv_sums(const Operands&);
void finish_conv(Call&, const ir::Tensor& sums);
ir::Shape gemm_sums_shape(const Operands&);
ir::Tensor gemm_sums(const Operands&);
void finish_gemm(Call&, const ir::Tensor& sums);
ir::Shape lstm_sums_shape(const Operands&);
ir::Tensor lstm_sums(const Operands&);
void finish_lstm(Call&, const ir::Tensor& sums);

}  // namespace nnp::reference::naive
