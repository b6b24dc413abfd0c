// SPDX-License-Identifier: Apache-2.0
// A multiply-accumulate node in two halves: its sums (int32 of codes, float32 of reals), and what follows
// from them (bias, scale, clamp; for an RNN, GRU or LSTM the gates). The halves meet in `accumulators` of
// reference.h; judges replace the first by the chip's or oneDNN's own sums.
#pragma once

#include "host_runtime/reference/naive/call.h"

namespace nnp::reference::naive {

/// A conv, gemm, matmul, rnn, gru or lstm between integer values.
bool has_sums(const ir::Graph&, const ir::Node&);
/// One between f32 or bf16 values, of the form that the chip has: a Gemm is canonical but for transpose_b, a
/// MatMul has matrices.
bool has_real_sums(const ir::Graph&, const ir::Node&);

/// [m, n] of the node's sums.
ir::Shape sums_shape(const ir::Graph&, const ir::Node&);

/// Writes the node's outputs from given sums. Throws std::runtime_error when they have another shape or type.
void finish(const ir::Graph&, const ir::Node&, const ir::Tensor& sums, Tensors& values);

// By operator family: conv.cpp, gemm.cpp (Gemm and MatMul), recurrent/ (RNN, GRU, LSTM; of either kind).
ir::Shape conv_sums_shape(const Operands&);
ir::Tensor conv_sums(const Operands&);
void finish_conv(Call&, const ir::Tensor& sums);
ir::Shape gemm_sums_shape(const Operands&);
ir::Tensor gemm_sums(const Operands&);
void finish_gemm(Call&, const ir::Tensor& sums);
ir::Shape recurrent_sums_shape(const Operands&);
ir::Tensor recurrent_sums(const Operands&);
void finish_recurrent(Call&, const ir::Tensor& sums);
ir::Tensor real_conv_sums(const Operands&);
void finish_real_conv(Call&, const ir::Tensor& sums);
ir::Tensor real_gemm_sums(const Operands&);
void finish_real_gemm(Call&, const ir::Tensor& sums);

}  // namespace nnp::reference::naive
