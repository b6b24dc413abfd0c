// SPDX-License-Identifier: Apache-2.0
// Names to values, and the emission of nodes.
#include "compiler/frontend/graph_builder.h"

#include <fmt/format.h>

#include <algorithm>

namespace nnp::compiler {
namespace {

/// The graph keeps every integer (ids, lengths) as i64.
ir::DType graph_type(ir::DType type) { return type == ir::DType::f32 ? type : ir::DType::i64; }

ir::Tensor graph_constant(const ir::Tensor& tensor) {
  if (tensor.type() == ir::DType::f32 || tensor.type() == ir::DType::i64) return tensor;
  ir::Tensor wide(ir::DType::i64, tensor.shape());
  if (tensor.type() == ir::DType::i32)
    std::ranges::copy(tensor.data<std::int32_t>(), wide.data<std::int64_t>().begin());
  else
    std::ranges::copy(tensor.data<std::uint8_t>(), wide.data<std::int64_t>().begin());
  return wide;
}

}  // namespace

GraphBuilder::GraphBuilder(const OnnxModel& model) : model_(model) {
  graph_.name = model.name;
  for (const OnnxNode& node : model.nodes) used_.insert(node.inputs.begin(), node.inputs.end());
  used_.insert(model.outputs.begin(), model.outputs.end());
  for (const std::string& name : model.inputs) {
    const OnnxType& type = model.types.at(name);
    ids_[name] = graph_.add_value({name, graph_type(type.type), type.shape, {}, {}});
    graph_.inputs.push_back(ids_[name]);
  }
}

ir::ValueId GraphBuilder::value_named(const std::string& name) {
  if (const auto found = ids_.find(name); found != ids_.end()) return found->second;
  const auto constant = model_.constants.find(name);
  if (constant == model_.constants.end())
    throw CompileError(fmt::format("value '{}' is read before a node makes it", name));
  return ids_[name] = add_constant(name, graph_constant(constant->second));
}

ir::ValueId GraphBuilder::input(const OnnxNode& node, std::size_t i) {
  return node.has_input(i) ? value_named(node.inputs[i]) : ir::kNoValue;
}

const ir::Tensor* GraphBuilder::constant(const OnnxNode& node, std::size_t i) const {
  if (!node.has_input(i)) return nullptr;
  const auto found = model_.constants.find(node.inputs[i]);
  return found == model_.constants.end() ? nullptr : &found->second;
}

const ir::Tensor& GraphBuilder::required_constant(const OnnxNode& node, std::size_t i,
                                                  const std::string& what) const {
  const ir::Tensor* tensor = constant(node, i);
  if (tensor == nullptr) refuse(node, what + " must be constant");
  return *tensor;
}

const ir::Shape& GraphBuilder::input_shape(const OnnxNode& node, std::size_t i) const {
  if (const ir::Tensor* tensor = constant(node, i)) return tensor->shape();
  const auto found = node.has_input(i) ? model_.types.find(node.inputs[i]) : model_.types.end();
  if (found == model_.types.end()) refuse(node, fmt::format("input {} is missing or has no shape", i));
  return found->second.shape;
}

const ir::Shape& GraphBuilder::output_shape(const OnnxNode& node) const {
  return model_.types.at(node.outputs.at(0)).shape;
}

ir::DType GraphBuilder::input_type(const OnnxNode& node, std::size_t i) const {
  if (const ir::Tensor* tensor = constant(node, i)) return tensor->type();
  input_shape(node, i);  // complains when there is none
  return model_.types.at(node.inputs[i]).type;
}

void GraphBuilder::expect_float(const OnnxNode& node, std::size_t i, int rank) const {
  const ir::Shape& shape = input_shape(node, i);
  if (const ir::DType type = input_type(node, i); type != ir::DType::f32) {
    refuse(node, fmt::format("input {} is {}; only float values are supported here", i, ir::to_string(type)));
  }
  if (rank >= 0 && shape.size() != static_cast<std::size_t>(rank)) {
    refuse(node, fmt::format("input {} has shape {}; supported is rank {}", i, describe(shape), rank));
  }
}

void GraphBuilder::expect_integer(const OnnxNode& node, std::size_t i) const {
  if (input_type(node, i) == ir::DType::f32)
    refuse(node, fmt::format("input {} is float; it must be integer", i));
}

bool GraphBuilder::keeps_element_kind(const OnnxNode& node) const {
  return (input_type(node, 0) == ir::DType::f32) ==
         (model_.types.at(node.outputs.at(0)).type == ir::DType::f32);
}

void GraphBuilder::refuse_other_outputs(const OnnxNode& node) const {
  for (std::size_t i = 1; i < node.outputs.size(); ++i) {
    if (node.outputs[i].empty() || !is_used(node.outputs[i])) continue;
    refuse(node,
           fmt::format("output {} ('{}') is used; only the first output is supported", i, node.outputs[i]));
  }
}

std::string GraphBuilder::unique_node_name(const std::string& wanted) {
  std::string name = wanted;
  for (int i = 2; !node_names_.insert(name).second; ++i) name = fmt::format("{}_{}", wanted, i);
  return name;
}

void GraphBuilder::emit(const OnnxNode& node, ir::Op op, std::vector<ir::ValueId> inputs,
                        ir::Attributes attributes, const std::string& suffix) {
  const std::string& name = node.outputs.at(0);
  const OnnxType& type = model_.types.at(name);
  ids_[name] = graph_.add_value({name, graph_type(type.type), type.shape, {}, {}});
  graph_.nodes.push_back({op,
                          unique_node_name(node.name + suffix),
                          std::move(inputs),
                          {ids_[name]},
                          std::move(attributes),
                          {},
                          false,
                          {node.name}});
}

ir::ValueId GraphBuilder::emit_inner(const OnnxNode& node, const Suffixes& suffixes, ir::Op op,
                                     std::vector<ir::ValueId> inputs, ir::Shape shape,
                                     ir::Attributes attributes) {
  const ir::ValueId id =
      graph_.add_value({node.outputs.at(0) + suffixes.value, ir::DType::f32, std::move(shape), {}, {}});
  std::vector<ir::ValueId> outputs{id};
  if (op == ir::Op::lstm) outputs.resize(3, ir::kNoValue);
  graph_.nodes.push_back({op,
                          unique_node_name(node.name + suffixes.node),
                          std::move(inputs),
                          std::move(outputs),
                          std::move(attributes),
                          {},
                          false,
                          {node.name}});
  return id;
}

ir::ValueId GraphBuilder::add_constant(const std::string& name, ir::Tensor tensor) {
  const ir::DType type = tensor.type();
  ir::Shape shape = tensor.shape();
  return graph_.add_value({name, type, std::move(shape), {}, std::move(tensor)});
}

ir::Graph GraphBuilder::finish() {
  for (const std::string& name : model_.outputs) {
    const ir::ValueId id = value_named(name);
    if (std::ranges::find(graph_.outputs, id) == graph_.outputs.end()) graph_.outputs.push_back(id);
  }
  return std::move(graph_);
}

}  // namespace nnp::compiler
