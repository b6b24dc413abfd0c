// SPDX-License-Identifier: Apache-2.0
// The functions of recurrent cells that ONNX lists, and as which nodes the IR has them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/frontend/onnx_model.h"

namespace nnp::compiler {

/// By its name in lower case.
struct CellFunction {
  std::string name;
  float alpha = 0, beta = 0;
};

/// Functions f (and g, h) of one direction: the attributes `activations`, whose names may be in any case, and
/// `activation_alpha` and `_beta`, which those functions that have such a parameter take in order; else the
/// defaults of the operator. Throws CompileError for other names and for another number of them.
std::vector<CellFunction> cell_functions(const OnnxNode&, std::int64_t directions, std::int64_t direction);

/// Whether they are those of the IR's rnn, gru and lstm.
bool are_usual(const OnnxNode&, const std::vector<CellFunction>&);

/// A chain from x on; a node with a constant has it for its second operand.
struct FunctionNode {
  ir::Op op;
  ir::Attributes attributes;
  std::optional<float> constant;
};
std::vector<FunctionNode> nodes_of(const CellFunction&);

}  // namespace nnp::compiler
