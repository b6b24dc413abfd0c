// SPDX-License-Identifier: Apache-2.0
// TensorProto to Tensor and back. Nothing is allocated before the bytes present are known to fill the
// declared shape.
#pragma once

#include <onnx/onnx_pb.h>

#include "compiler/ir/tensor.h"

namespace nnp::compiler {

/// Throws CompileError naming `what` for types without a DType: strings, complex numbers.
ir::DType element_type_of(int onnx_type, const std::string& what);
int onnx_type_of(ir::DType);

/// Throws ModelFileError when shape and data disagree, CompileError for external data and unsupported element
/// types.
void check_tensor_proto(const onnx::TensorProto&, const std::string& what);

/// check_tensor_proto, then the values.
ir::Tensor tensor_from_proto(const onnx::TensorProto&, const std::string& what);

onnx::TensorProto tensor_to_proto(const ir::Tensor&, const std::string& name);

}  // namespace nnp::compiler
