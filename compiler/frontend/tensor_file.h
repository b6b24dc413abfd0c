// SPDX-License-Identifier: Apache-2.0
// The files of ONNX's conformance tests: a TensorProto a file, and what a model asks for.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "compiler/ir/tensor.h"

namespace nnp::compiler {

/// Throws ModelFileError for a file that is no TensorProto, CompileError for element types without a DType.
ir::Tensor read_tensor_file(const std::filesystem::path&);

/// Inputs (without those that have an initializer) and operators of a model, whatever it holds.
struct ModelSummary {
  std::vector<std::string> inputs, operators;
};
/// Throws ModelFileError for a file that is no ONNX model.
ModelSummary summarise_model(const std::filesystem::path&);

}  // namespace nnp::compiler
