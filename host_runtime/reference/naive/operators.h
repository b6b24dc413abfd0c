// SPDX-License-Identifier: Apache-2.0
// The operator functions of this folder, by file. Each runs one node, float or integer as its values are
// typed.
#pragma once

#include "host_runtime/reference/naive/call.h"

namespace nnp::reference::naive {

void run_conv(Call&);  // conv.cpp
void run_gemm(Call&);  // gemm.cpp
void run_matmul(Call&);
void run_lstm(Call&);        // lstm.cpp
void run_pool(Call&);        // pool.cpp: max, average, global average
void run_activation(Call&);  // elementwise.cpp: relu, clip, sigmoid, tanh
void run_binary(Call&);      // add, mul
void run_batch_normalization(Call&);
void run_softmax(Call&);
void run_reshape(Call&);  // shape.cpp: reshape, flatten, squeeze, unsqueeze, identity
void run_transpose(Call&);
void run_gather(Call&);
void run_quantize(Call&);  // border.cpp
void run_dequantize(Call&);
void run_cast(Call&);

}  // namespace nnp::reference::naive
