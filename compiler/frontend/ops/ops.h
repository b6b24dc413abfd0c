// SPDX-License-Identifier: Apache-2.0
// One function an ONNX operator; each checks what is supported and emits IR nodes. operator_table.cpp lists
// them.
#pragma once

#include "compiler/frontend/graph_builder.h"

namespace nnp::compiler {

void import_conv(GraphBuilder&, const OnnxNode&);
void import_conv_transpose(GraphBuilder&, const OnnxNode&);
void import_gemm(GraphBuilder&, const OnnxNode&);
void import_matmul(GraphBuilder&, const OnnxNode&);
void import_recurrent(GraphBuilder&, const OnnxNode&);  // LSTM, GRU, RNN

void import_relu(GraphBuilder&, const OnnxNode&);
void import_clip(GraphBuilder&, const OnnxNode&);
void import_sigmoid(GraphBuilder&, const OnnxNode&);
void import_tanh(GraphBuilder&, const OnnxNode&);
void import_softmax(GraphBuilder&, const OnnxNode&);
void import_log_softmax(GraphBuilder&, const OnnxNode&);

void import_max_pool(GraphBuilder&, const OnnxNode&);
void import_average_pool(GraphBuilder&, const OnnxNode&);
void import_global_average_pool(GraphBuilder&, const OnnxNode&);
void import_global_max_pool(GraphBuilder&, const OnnxNode&);
void import_global_lp_pool(GraphBuilder&, const OnnxNode&);
void import_batch_normalization(GraphBuilder&, const OnnxNode&);
void import_instance_normalization(GraphBuilder&, const OnnxNode&);
void import_layer_normalization(GraphBuilder&, const OnnxNode&);
void import_lrn(GraphBuilder&, const OnnxNode&);
void import_dropout(GraphBuilder&, const OnnxNode&);

void import_unary(GraphBuilder&, const OnnxNode&);
void import_binary(GraphBuilder&, const OnnxNode&);
void import_variadic(GraphBuilder&, const OnnxNode&);
void import_where(GraphBuilder&, const OnnxNode&);
void import_reduce(GraphBuilder&, const OnnxNode&);

void import_reshape(GraphBuilder&, const OnnxNode&);
void import_flatten(GraphBuilder&, const OnnxNode&);
void import_squeeze(GraphBuilder&, const OnnxNode&);
void import_unsqueeze(GraphBuilder&, const OnnxNode&);
void import_transpose(GraphBuilder&, const OnnxNode&);
void import_identity(GraphBuilder&, const OnnxNode&);
void import_cast(GraphBuilder&, const OnnxNode&);
void import_gather(GraphBuilder&, const OnnxNode&);
void import_concat(GraphBuilder&, const OnnxNode&);
void import_split(GraphBuilder&, const OnnxNode&);
void import_slice(GraphBuilder&, const OnnxNode&);
void import_pad(GraphBuilder&, const OnnxNode&);
void import_expand(GraphBuilder&, const OnnxNode&);
void import_tile(GraphBuilder&, const OnnxNode&);
void import_resize(GraphBuilder&, const OnnxNode&);

void import_quantize_linear(GraphBuilder&, const OnnxNode&);
void import_dequantize_linear(GraphBuilder&, const OnnxNode&);

}  // namespace nnp::compiler
