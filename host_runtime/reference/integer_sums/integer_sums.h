// SPDX-License-Identifier: Apache-2.0
// The int32 sums of an integer Conv, Gemm, MatMul, RNN, GRU or LSTM, by whoever multiplies 8-bit codes.
#pragma once

#include "host_runtime/reference/integer_sums/code_products.h"

namespace nnp::reference {

/// As accumulators() of reference.h. Throws std::runtime_error for a node without integer sums.
ir::Tensor integer_sums(CodeProducts&, const naive::Operands&);

}  // namespace nnp::reference
