// SPDX-License-Identifier: Apache-2.0
// What a model's file says of its tensors before any shape is inferred: constants, and element types.
#pragma once

#include <onnx/onnx_pb.h>

#include <map>
#include <string>

#include "compiler/ir/tensor.h"

namespace nnp::compiler {

/// "" for an input left out.
std::string input_of(const onnx::NodeProto&, int i);

class KnownTensors {
 public:
  /// Keeps pointers into the graph: its initializers and Constant nodes.
  explicit KnownTensors(const onnx::GraphProto&);

  bool is_constant(const std::string& name) const;  // what is left out, too
  ir::Tensor constant(const std::string& name) const;
  bool is_one_number(const std::string& name) const;
  int rank(const std::string& name) const;  // 0 of what is no constant

  /// Of a QuantizeLinear or DequantizeLinear: ONNX's shape inference would say it less well. Throws
  /// CompileError where zero point and codes are of different types.
  void check_zero_point(const onnx::NodeProto&);

 private:
  std::map<std::string, const onnx::TensorProto*> constants_;
  std::map<std::string, int> types_;
};

}  // namespace nnp::compiler
