// SPDX-License-Identifier: Apache-2.0
// TensorProto to Tensor and back. Nothing is allocated before the bytes present are known to fill the
// declared shape.
#pragma once

#include <onnx/onnx_pb.h>

#include "compiler/ir/tensor.h"

namespace nnp::compiler {

/// The element type the graph uses for an ONNX one: FLOAT and DOUBLE f32, INT64 i64, INT32 i32, BOOL u8 (0 or
/// 1). Throws CompileError naming `what` for others.
ir::DType element_type_of(int onnx_type, const std::string& what);

/// Throws ModelFileError when shape and data disagree, CompileError for external data and unsupported element
/// types.
void check_tensor_proto(const onnx::TensorProto&, const std::string& what);

/// check_tensor_proto, then the values.
ir::Tensor tensor_from_proto(const onnx::TensorProto&, const std::string& what);

onnx::TensorProto tensor_to_proto(const ir::Tensor&, const std::string& name);

}  // namespace nnp::compiler
