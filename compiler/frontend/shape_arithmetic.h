// SPDX-License-Identifier: Apache-2.0
// The small operators that exporters write around shapes (Shape, Gather, Concat, Slice, ...), computed while
// importing: once every input is known their results are constants, and no such node reaches the graph.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/frontend/onnx_model.h"

namespace nnp::compiler {

/// What is known of one input: its values, or at least its shape; neither for an input left out.
struct KnownInput {
  const ir::Tensor* value = nullptr;
  const ir::Shape* shape = nullptr;
};

bool is_shape_arithmetic(const std::string& op);
std::vector<std::string> shape_arithmetic_operators();

/// The node's result, or nothing when an input is not known or the result is too big to be shape arithmetic.
/// Throws CompileError for a node that cannot be right.
std::optional<ir::Tensor> evaluate_shape_arithmetic(const OnnxNode&, const std::vector<KnownInput>&);

}  // namespace nnp::compiler
