// SPDX-License-Identifier: Apache-2.0
// What an operator file needs to turn one ONNX node into IR nodes: the values of its inputs, and emit().
#pragma once

#include <set>
#include <string>
#include <vector>

#include "compiler/frontend/onnx_model.h"

namespace nnp::compiler {

class GraphBuilder {
 public:
  explicit GraphBuilder(OnnxModel&);

  std::int64_t opset() const { return model_.opset; }

  // ---- inputs of a node
  /// kNoValue for one left out. A constant becomes a value of the graph when it is first asked for here.
  ir::ValueId input(const OnnxNode&, std::size_t i);
  /// Null when the input is left out or not constant.
  const ir::Tensor* constant(const OnnxNode&, std::size_t i) const;
  /// Throws CompileError "`what` must be constant" where it is not.
  const ir::Tensor& required_constant(const OnnxNode&, std::size_t i, const std::string& what) const;
  const ir::Shape& input_shape(const OnnxNode&, std::size_t i) const;
  ir::DType input_type(const OnnxNode&, std::size_t i) const;
  const OnnxType& output(const OnnxNode&, std::size_t i = 0) const;
  const ir::Shape& output_shape(const OnnxNode&, std::size_t i = 0) const;
  /// Whether output i is there and has a reader.
  bool wants(const OnnxNode&, std::size_t i) const;
  /// Throws CompileError unless input i is float and has `rank` axes (any number when negative).
  void expect_float(const OnnxNode&, std::size_t i, int rank = -1) const;
  void expect_integer(const OnnxNode&, std::size_t i) const;
  /// Whether a node or the model's outputs read the value.
  bool is_used(const std::string& name) const { return used_.contains(name); }
  /// Whether all nodes that read the value are of this operator. (The model's outputs may read it too.)
  bool is_read_by(const std::string& name, const std::string& op) const;
  bool is_graph_input(ir::ValueId) const;
  /// Throws CompileError when an output after the first has a reader.
  void refuse_other_outputs(const OnnxNode&) const;

  // ---- results
  /// A node whose only output is one of the ONNX node's. `suffix` goes behind its name where another node is
  /// the layer's own.
  void emit(const OnnxNode&, ir::Op, std::vector<ir::ValueId> inputs, ir::Attributes = {},
            const std::string& suffix = {}, std::size_t output = 0);
  /// A node before that one; its value is named after the ONNX node's output.
  struct Suffixes {
    std::string node, value;
  };
  ir::ValueId emit_inner(const OnnxNode&, const Suffixes&, ir::Op, std::vector<ir::ValueId> inputs, ir::Shape,
                         ir::Attributes = {}, ir::DType = ir::DType::f32);
  /// The ONNX node itself, with its attributes and all its outputs, for the host.
  void emit_on_host(const OnnxNode&);
  /// For a node with several outputs: values first (the ONNX node's, or inner ones), then the node.
  ir::ValueId add_output(const OnnxNode&, std::size_t i);
  ir::ValueId add_inner(const OnnxNode&, const std::string& suffix, ir::Shape, ir::DType = ir::DType::f32);
  void add_node(const OnnxNode&, const std::string& suffix, ir::Op, std::vector<ir::ValueId> inputs,
                std::vector<ir::ValueId> outputs, ir::Attributes = {});
  ir::ValueId add_constant(const std::string& name, ir::Tensor);
  /// The ONNX node's first output, known now; `quant`: the codes that its reals were made of.
  void add_constant_output(const OnnxNode&, ir::Tensor, std::optional<ir::QuantParams> quant);
  /// Beside that output: the codes themselves, of int32.
  void keep_codes(const OnnxNode&, ir::Tensor codes);
  /// Of a value of codes that is there already.
  void set_quant(const std::string& name, ir::QuantParams);
  const std::optional<ir::QuantParams>& quant_of(ir::ValueId id) const { return graph_.values.at(id).quant; }

  /// Connects the outputs, gives the model's constants to the graph and hands it over.
  ir::Graph finish();

 private:
  ir::ValueId value_named(const std::string& name);
  std::string unique_node_name(const std::string&);

  OnnxModel& model_;
  ir::Graph graph_;
  std::vector<std::pair<ir::ValueId, ir::Tensor*>> of_model_;  // the graph's from finish() on
  std::map<std::string, ir::ValueId> ids_;
  std::set<std::string> used_, node_names_;
};

}  // namespace nnp::compiler
