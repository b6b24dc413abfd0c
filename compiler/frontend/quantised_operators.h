// SPDX-License-Identifier: Apache-2.0
// Quantised operators (ONNX's QLinear*, onnxruntime's com.microsoft.QLinear* and QGemm) written as
// DequantizeLinear, the float operator, QuantizeLinear: their definition. One form is left for the rest.
#pragma once

#include <onnx/onnx_pb.h>

namespace nnp::compiler {

/// Rewrites every such node whose scales and zero points are constant, and operators that only move elements
/// where what they move are codes. ONNX's own stay as they are where a scale is computed (the host has
/// them). Throws CompileError for one of com.microsoft that cannot be rewritten.
void rewrite_quantised_operators(onnx::ModelProto&);

}  // namespace nnp::compiler
