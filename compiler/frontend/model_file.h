// SPDX-License-Identifier: Apache-2.0
// Reads a file and makes sure it is an ONNX model we can go on with: size, structure, operators, ONNX's own
// checker.
#pragma once

#include <onnx/onnx_pb.h>

#include <filesystem>

namespace nnp::compiler {

inline constexpr int kOldestOpset = 7, kNewestOpset = 17;

/// Throws ModelFileError or CompileError (see frontend.h). Every node of the result has a name and a known
/// operator; constants hold as many values as their shapes say; attributes that ONNX's shape inference
/// divides by are positive.
onnx::ModelProto read_model(const std::filesystem::path&);

/// The version of the default operator set.
int opset_of(const onnx::ModelProto&);

}  // namespace nnp::compiler
