// SPDX-License-Identifier: Apache-2.0
// The ONNX operators that only the host runs, by file. table.cpp lists them with their names.
#pragma once

#include "host_runtime/reference/naive/onnx/onnx_call.h"

namespace nnp::reference::naive {

using OnnxFunction = void (*)(OnnxCall&);
/// Null for an operator that is not there.
OnnxFunction find_onnx_function(const std::string& op);

void onnx_compare(OnnxCall&);  // logic.cpp
void onnx_logic(OnnxCall&);
void onnx_not(OnnxCall&);
void onnx_is_nan(OnnxCall&);
void onnx_is_inf(OnnxCall&);

void onnx_real_function(OnnxCall&);  // arithmetic.cpp
void onnx_shrink(OnnxCall&);
void onnx_mod(OnnxCall&);
void onnx_bit_shift(OnnxCall&);
void onnx_pow(OnnxCall&);
void onnx_cumulative_sum(OnnxCall&);
void onnx_determinant(OnnxCall&);

void onnx_cast(OnnxCall&);  // cast.cpp

void onnx_gather_elements(OnnxCall&);  // gather_scatter.cpp
void onnx_gather_nd(OnnxCall&);
void onnx_scatter_elements(OnnxCall&);
void onnx_scatter_nd(OnnxCall&);
void onnx_compress(OnnxCall&);
void onnx_one_hot(OnnxCall&);

void onnx_depth_to_space(OnnxCall&);  // arrange.cpp
void onnx_space_to_depth(OnnxCall&);
void onnx_triangle(OnnxCall&);
void onnx_reverse_sequence(OnnxCall&);
void onnx_eye_like(OnnxCall&);
void onnx_non_zero(OnnxCall&);
void onnx_unique(OnnxCall&);

void onnx_arg_extreme(OnnxCall&);  // select.cpp
void onnx_top_k(OnnxCall&);
void onnx_hardmax(OnnxCall&);
void onnx_non_max_suppression(OnnxCall&);

void onnx_quantize(OnnxCall&);  // quantized.cpp
void onnx_dequantize(OnnxCall&);
void onnx_dynamic_quantize(OnnxCall&);
void onnx_matmul_integer(OnnxCall&);
void onnx_conv_integer(OnnxCall&);

void onnx_conv(OnnxCall&);  // windows.cpp: any number of spatial axes
void onnx_conv_transpose(OnnxCall&);
void onnx_max_pool(OnnxCall&);
void onnx_average_pool(OnnxCall&);
void onnx_lp_pool(OnnxCall&);
void onnx_max_unpool(OnnxCall&);

void onnx_einsum(OnnxCall&);  // einsum.cpp

void onnx_mean_variance_normalization(OnnxCall&);  // normalization.cpp
void onnx_lp_normalization(OnnxCall&);

void onnx_roi_align(OnnxCall&);  // sampling.cpp
void onnx_grid_sample(OnnxCall&);

void onnx_lstm(OnnxCall&);  // recurrent.cpp: lengths, clip

}  // namespace nnp::reference::naive
