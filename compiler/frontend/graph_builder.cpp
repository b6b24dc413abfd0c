// SPDX-License-Identifier: Apache-2.0
// Names to values, and the emission of nodes.
#include "compiler/frontend/graph_builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/ir/quantized.h"

namespace nnp::compiler {
GraphBuilder::GraphBuilder(OnnxModel& model) : model_(model) {
  graph_.name = model.name;
  for (const OnnxNode& node : model.nodes) used_.insert(node.inputs.begin(), node.inputs.end());
  used_.insert(model.outputs.begin(), model.outputs.end());
  for (const std::string& name : model.inputs) {
    const OnnxType& type = model.types.at(name);
    ids_[name] = graph_.add_value({name, type.type, type.shape, {}, {}});
    graph_.inputs.push_back(ids_[name]);
  }
}

ir::ValueId GraphBuilder::value_named(const std::string& name) {
  if (const auto found = ids_.find(name); found != ids_.end()) return found->second;
  const auto constant = model_.constants.find(name);
  if (constant == model_.constants.end())
    throw CompileError(fmt::format("value '{}' is read before a node makes it", name));
  const ir::Tensor& tensor = constant->second;
  const ir::ValueId id = graph_.add_value({name, tensor.type(), tensor.shape(), {}, {}});
  of_model_.emplace_back(id, &constant->second);
  return ids_[name] = id;
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

const OnnxType& GraphBuilder::output(const OnnxNode& node, std::size_t i) const {
  const auto found = i < node.outputs.size() ? model_.types.find(node.outputs[i]) : model_.types.end();
  if (found == model_.types.end()) refuse(node, fmt::format("output {} has no shape", i));
  return found->second;
}

const ir::Shape& GraphBuilder::output_shape(const OnnxNode& node, std::size_t i) const {
  return output(node, i).shape;
}

bool GraphBuilder::wants(const OnnxNode& node, std::size_t i) const {
  return i < node.outputs.size() && !node.outputs[i].empty() && is_used(node.outputs[i]);
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
  const ir::DType type = input_type(node, i);
  if (type != ir::DType::i64 && type != ir::DType::i32)
    refuse(node, fmt::format("input {} is {}; it must be INT64 or INT32", i, ir::to_string(type)));
}

bool GraphBuilder::is_read_by(const std::string& name, const std::string& op) const {
  return std::ranges::all_of(model_.nodes, [&](const OnnxNode& node) {
    return node.op == op || std::ranges::find(node.inputs, name) == node.inputs.end();
  });
}

bool GraphBuilder::is_graph_input(ir::ValueId id) const {
  return std::ranges::find(graph_.inputs, id) != graph_.inputs.end();
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

ir::ValueId GraphBuilder::add_output(const OnnxNode& node, std::size_t i) {
  const OnnxType& type = output(node, i);
  return ids_[node.outputs[i]] = graph_.add_value({node.outputs[i], type.type, type.shape, {}, {}});
}

void GraphBuilder::add_node(const OnnxNode& node, const std::string& suffix, ir::Op op,
                            std::vector<ir::ValueId> inputs, std::vector<ir::ValueId> outputs,
                            ir::Attributes attributes) {
  graph_.nodes.push_back({op,
                          unique_node_name(node.name + suffix),
                          std::move(inputs),
                          std::move(outputs),
                          std::move(attributes),
                          {},
                          false,
                          {node.name}});
}

void GraphBuilder::emit(const OnnxNode& node, ir::Op op, std::vector<ir::ValueId> inputs,
                        ir::Attributes attributes, const std::string& suffix, std::size_t output) {
  const ir::ValueId id = add_output(node, output);
  add_node(node, suffix, op, std::move(inputs), {id}, std::move(attributes));
}

ir::ValueId GraphBuilder::emit_inner(const OnnxNode& node, const Suffixes& suffixes, ir::Op op,
                                     std::vector<ir::ValueId> inputs, ir::Shape shape,
                                     ir::Attributes attributes, ir::DType type) {
  const ir::ValueId id = add_inner(node, suffixes.value, std::move(shape), type);
  add_node(node, suffixes.node, op, std::move(inputs), {id}, std::move(attributes));
  return id;
}

ir::ValueId GraphBuilder::add_inner(const OnnxNode& node, const std::string& suffix, ir::Shape shape,
                                    ir::DType type) {
  const auto named =
      std::ranges::find_if(node.outputs, [](const std::string& name) { return !name.empty(); });
  return graph_.add_value(
      {(named == node.outputs.end() ? node.name : *named) + suffix, type, std::move(shape), {}, {}});
}

void GraphBuilder::emit_on_host(const OnnxNode& node) {
  std::vector<ir::ValueId> inputs, outputs;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) inputs.push_back(input(node, i));
  for (std::size_t i = 0; i < node.outputs.size(); ++i)
    outputs.push_back(wants(node, i) ? add_output(node, i) : ir::kNoValue);
  if (std::ranges::all_of(outputs, [](ir::ValueId id) { return id == ir::kNoValue; })) return;
  add_node(node, "", ir::Op::onnx, std::move(inputs), std::move(outputs),
           ir::OnnxAttributes{node.op, "", model_.opset, ir::encode_attributes(node.attributes)});
}

ir::ValueId GraphBuilder::add_constant(const std::string& name, ir::Tensor tensor) {
  const ir::DType type = tensor.type();
  ir::Shape shape = tensor.shape();
  return graph_.add_value({name, type, std::move(shape), {}, std::move(tensor)});
}

void GraphBuilder::add_constant_output(const OnnxNode& node, ir::Tensor tensor,
                                       std::optional<ir::QuantParams> quant) {
  const std::string& name = node.outputs.at(0);
  ids_[name] = add_constant(name, std::move(tensor));
  graph_.values[ids_[name]].quant = std::move(quant);
}

void GraphBuilder::keep_codes(const OnnxNode& node, ir::Tensor codes) {
  const ir::ValueId reals = ids_.at(node.outputs.at(0));
  if (!graph_.values[reals].quant) return;
  const ir::ValueId kept = add_constant(ir::codes_name(node.outputs[0]), std::move(codes));
  graph_.values[kept].quant = graph_.values[reals].quant;
}

void GraphBuilder::set_quant(const std::string& name, ir::QuantParams quant) {
  graph_.values.at(ids_.at(name)).quant = std::move(quant);
}

ir::Graph GraphBuilder::finish() {
  for (const std::string& name : model_.outputs) {
    const ir::ValueId id = value_named(name);
    if (std::ranges::find(graph_.outputs, id) == graph_.outputs.end()) graph_.outputs.push_back(id);
  }
  for (const auto& [id, tensor] : of_model_) graph_.values[id].constant = std::move(*tensor);
  return std::move(graph_);
}

}  // namespace nnp::compiler
