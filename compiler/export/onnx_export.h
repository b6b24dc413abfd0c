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
  std::int64_t opset = 0;            // 13, what an operator needs, or 21 for 16-bit codes
  std::vector<std::string> tensors;  // by value: the tensor that holds its codes or numbers; "" for what only
                                     // the IR has
};

/// Throws CompileError for what the operator set that is written cannot say, and for operators whose meaning
/// changed, or may have, between the set they came from and that one.
OnnxExport export_onnx(const ir::Graph&);

/// The model with the tensors of these values as further outputs, behind its own, in this order. Values that
/// are outputs already come once.
std::string with_outputs(const OnnxExport&, const ir::Graph&, const std::vector<ir::ValueId>&);

}  // namespace nnp::compiler
