// SPDX-License-Identifier: Apache-2.0
// The operator functions of this folder, by file. Each runs one node, float or integer as its values are
// typed.
#pragma once

#include "host_runtime/reference/naive/call.h"

namespace nnp::reference::naive {

void run_conv(Call&);  // conv.cpp
void run_gemm(Call&);  // gemm.cpp
void run_matmul(Call&);
void run_pool(Call&);        // pool.cpp: max, average, global average
void run_activation(Call&);  // elementwise.cpp: relu, clip, sigmoid, tanh
void run_binary(Call&);      // add, mul
void run_batch_normalization(Call&);
void run_unary(Call&);             // families.cpp
void run_binary_typed(Call&);      // binary; add and mul without codes
void run_activation_typed(Call&);  // types other than f32 and codes
void run_reduce(Call&);            // reduce.cpp
void run_softmax(Call&);           // normalization.cpp
void run_layer_normalization(Call&);
void run_instance_normalization(Call&);
void run_lrn(Call&);
void run_conv_transpose(Call&);  // conv_transpose.cpp
void run_recurrent(Call&);       // recurrent/: rnn, gru, lstm
void run_concat(Call&);          // moves.cpp
void run_slice(Call&);
void run_pad(Call&);
void run_expand(Call&);
void run_where(Call&);
void run_resize_nearest(Call&);
void run_resize(Call&);   // resize.cpp
void run_onnx(Call&);     // onnx/table.cpp
void run_reshape(Call&);  // shape.cpp: reshape, flatten, squeeze, unsqueeze, identity
void run_transpose(Call&);
void run_gather(Call&);
void run_quantize(Call&);  // border.cpp
void run_dequantize(Call&);
void run_cast(Call&);

}  // namespace nnp::reference::naive
