// SPDX-License-Identifier: Apache-2.0
// Attributes that must be sane before ONNX's checker and shape inference see them: these divide by strides
// and trust sizes.
#pragma once

#include <onnx/onnx_pb.h>

namespace nnp::compiler {

/// Throws CompileError naming node, attribute, value and range.
void guard_attributes(const onnx::NodeProto&);
/// Throws CompileError where constant weights lack an axis that ONNX's shape inference reads.
void guard_weights(const onnx::GraphProto&);

}  // namespace nnp::compiler
