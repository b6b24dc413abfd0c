// SPDX-License-Identifier: Apache-2.0
// A graph as an ONNX model that other tools run. What has codes is written in QDQ form: an operator works on
// floats between DequantizeLinear and QuantizeLinear, so the model says exactly which scales and zero points
// the chip has. docs/howto/quantise-a-network.md describes the form.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "compiler/ir/graph.h"

namespace nnp::compiler {

struct OnnxExport {
  std::string model;                 // a ModelProto's bytes
  std::int64_t opset = 0;            // 13, or what an operator needs
  std::vector<std::string> tensors;  // by value: the tensor that holds its codes or numbers; "" for what only
                                     // the IR has
};

/// Throws CompileError for what ONNX cannot say up to operator set 17: 16-bit codes, and operators whose
/// meaning changed between the set they came from and the one that is written.
OnnxExport export_onnx(const ir::Graph&);

/// The model with the tensors of these values as further outputs, behind its own, in this order. Values that
/// are outputs already come once.
std::string with_outputs(const OnnxExport&, const ir::Graph&, const std::vector<ir::ValueId>&);

}  // namespace nnp::compiler
