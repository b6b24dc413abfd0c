// SPDX-License-Identifier: Apache-2.0
// Builds a ModelProto: names that meet nothing else, nodes, initializers, inputs and outputs.
#pragma once

#include <onnx/onnx_pb.h>

#include <set>
#include <string>
#include <vector>

#include "compiler/ir/graph.h"
#include "compiler/ir/onnx_attributes.h"

namespace nnp::compiler {

using Names = std::vector<std::string>;

class ModelWriter {
 public:
  explicit ModelWriter(const std::string& graph_name);
  ModelWriter(const ModelWriter&) = delete;
  ModelWriter& operator=(const ModelWriter&) = delete;

  /// Keeps a tensor's name for whoever asked for it.
  void reserve(const std::string& tensor) { tensors_.insert(tensor); }
  bool is_taken(const std::string& tensor) const { return tensors_.contains(tensor); }
  /// `wanted`, or `wanted`_2, ... where a tensor has that name; reserved from then on.
  std::string tensor(const std::string& wanted);

  /// The operator set must have at least this number.
  void need_opset(std::int64_t opset) { opset_ = std::max(opset_, opset); }
  std::int64_t opset() const { return opset_; }

  /// A node's name is made unique. Trailing empty inputs are left off.
  void node(const std::string& op, const std::string& name, Names inputs, const Names& outputs,
            const ir::OnnxAttributeMap& attributes = {});
  /// Returns the initializer's name.
  std::string constant(const std::string& wanted, const ir::Tensor&);
  std::string floats(const std::string& wanted, const std::vector<float>&);
  std::string number(const std::string& wanted, float);
  std::string integers(const std::string& wanted, const std::vector<std::int64_t>&);

  void input(const std::string& tensor, ir::DType, const ir::Shape&);
  void output(const std::string& tensor, ir::DType, const ir::Shape&);

  /// Throws CompileError for a model that is too large for one file.
  std::string finish();

 private:
  onnx::ModelProto model_;
  onnx::GraphProto& graph_;
  std::set<std::string> tensors_, nodes_;
  std::int64_t opset_ = 13;
};

void describe(onnx::ValueInfoProto&, const std::string& tensor, ir::DType, const ir::Shape&);

}  // namespace nnp::compiler
