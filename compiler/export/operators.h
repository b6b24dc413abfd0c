// SPDX-License-Identifier: Apache-2.0
// One node of the IR as the ONNX nodes that mean the same on floats. Its clamp and its codes are not their
// business: qdq.cpp puts those around.
#pragma once

#include "compiler/export/model_writer.h"

namespace nnp::compiler {

/// A node on its way out. Tensors by name, "" where an operand is left out or a result unwanted.
struct Outgoing {
  ModelWriter& model;
  const ir::Graph& graph;
  const ir::Node& node;
  Names inputs, outputs;

  const ir::Shape& in(std::size_t i) const { return graph.values[node.inputs[i]].shape; }
  const ir::Shape& out(std::size_t i = 0) const { return graph.values[node.outputs[i]].shape; }
  bool has(std::size_t i) const { return i < inputs.size() && !inputs[i].empty(); }
  template <typename A>
  const A& attributes() const {
    return std::get<A>(node.attributes);
  }
  /// All of it in one node of this operator.
  void as(const std::string& op, const ir::OnnxAttributeMap& map = {}) const {
    model.node(op, node.name, inputs, outputs, map);
  }
  /// A node on the way; returns its result.
  std::string step(const std::string& op, const std::string& suffix, const Names& from,
                   const ir::OnnxAttributeMap& map = {}) const;
  /// The last node, which makes the first output.
  void last(const std::string& op, const Names& from, const ir::OnnxAttributeMap& map = {}) const {
    model.node(op, node.name, from, {outputs[0]}, map);
  }
  /// A constant named after the node.
  std::string integers(const std::string& suffix, const std::vector<std::int64_t>& values) const {
    return model.integers(node.name + suffix, values);
  }
  std::string number(const std::string& suffix, float value) const {
    return model.number(node.name + suffix, value);
  }
  [[noreturn]] void refuse(const std::string& why) const;
};

/// Throws CompileError for a node that ONNX has no words for.
void write_operator(const Outgoing&);

// ---- by file

void write_unary(const Outgoing&);  // functions.cpp
void write_binary(const Outgoing&);
void write_reduce(const Outgoing&);
void write_softmax(const Outgoing&);
void write_reshape(const Outgoing&);  // moves.cpp
void write_slice(const Outgoing&);
void write_pad(const Outgoing&);
void write_expand(const Outgoing&);
void write_resize(const Outgoing&);
void write_recurrent(const Outgoing&);  // recurrent.cpp

}  // namespace nnp::compiler
