// SPDX-License-Identifier: Apache-2.0
// What the passes share.
#include "compiler/passes/rewrite.h"

#include <algorithm>

namespace nnp::compiler {

using ir::Graph;
using ir::Node;
using ir::Op;
using ir::ValueId;

std::vector<std::size_t> use_counts(const Graph& graph) {
  std::vector<std::size_t> counts(graph.values.size());
  for (const Node& node : graph.nodes) {
    for (const ValueId id : node.inputs) {
      if (id != ir::kNoValue) ++counts[id];
    }
  }
  for (const ValueId id : graph.outputs) ++counts[id];
  return counts;
}

std::vector<std::size_t> producers(const Graph& graph) {
  std::vector<std::size_t> makers(graph.values.size(), kNoNode);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const ValueId id : graph.nodes[i].outputs) {
      if (id != ir::kNoValue) makers[id] = i;
    }
  }
  return makers;
}

bool is_graph_output(const Graph& graph, ValueId id) {
  return std::ranges::find(graph.outputs, id) != graph.outputs.end();
}
bool is_graph_input(const Graph& graph, ValueId id) {
  return std::ranges::find(graph.inputs, id) != graph.inputs.end();
}

bool is_clamp(Op op) { return op == Op::relu || op == Op::clip; }

const ir::Tensor* constant_input(const Graph& graph, const Node& node, std::size_t i) {
  if (i >= node.inputs.size() || node.inputs[i] == ir::kNoValue) return nullptr;
  const auto& constant = graph.values[node.inputs[i]].constant;
  return constant ? &*constant : nullptr;
}

std::optional<ir::Clamp> range_of(const Graph& graph, const Node& node) {
  ir::Clamp range = node.clamp;
  if (node.op == Op::relu) range.lo = std::max(range.lo, 0.0f);
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    if (node.inputs[i] == ir::kNoValue) continue;
    const ir::Tensor* end = constant_input(graph, node, i);
    if (end == nullptr || end->type() != ir::DType::f32 || end->size() != 1) return std::nullopt;
    if (i == 1)
      range.lo = std::max(range.lo, end->data<float>()[0]);
    else
      range.hi = std::min(range.hi, end->data<float>()[0]);
  }
  return range;
}

void replace_uses(Graph& graph, ValueId from, ValueId to) {
  for (Node& node : graph.nodes) std::ranges::replace(node.inputs, from, to);
  std::ranges::replace(graph.outputs, from, to);
}

bool bypass(Graph& graph, std::size_t index) {
  const ValueId in = graph.nodes[index].inputs.at(0), out = graph.nodes[index].outputs.at(0);
  const std::size_t maker = producers(graph)[in];
  const bool renames_input = is_graph_output(graph, out);
  if (renames_input && (maker == kNoNode || is_graph_output(graph, in))) return false;
  graph.nodes[index].inputs = {};
  graph.nodes[index].outputs = {};
  if (renames_input) {
    replace_uses(graph, in, out);
    std::ranges::replace(graph.nodes[maker].outputs, in, out);
  } else {
    replace_uses(graph, out, in);
  }
  return true;
}

void erase_nodes(Graph& graph, const std::vector<bool>& dead) {
  std::vector<Node> alive;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!dead[i]) alive.push_back(std::move(graph.nodes[i]));
  }
  graph.nodes = std::move(alive);
}

void absorb_origin(Node& into, const Node& from) {
  into.onnx_nodes.insert(into.onnx_nodes.end(), from.onnx_nodes.begin(), from.onnx_nodes.end());
}

std::string unique_name(const Graph& graph, const std::string& wanted) {
  const auto taken = [&](const std::string& name) {
    return std::ranges::any_of(graph.nodes, [&](const Node& node) { return node.name == name; }) ||
           std::ranges::any_of(graph.values, [&](const ir::Value& value) { return value.name == name; });
  };
  std::string name = wanted;
  for (int i = 2; taken(name); ++i) name = wanted + "_" + std::to_string(i);
  return name;
}

ValueId add_constant(Graph& graph, const std::string& name, ir::Tensor tensor) {
  const ir::DType type = tensor.type();
  ir::Shape shape = tensor.shape();
  return graph.add_value({unique_name(graph, name), type, std::move(shape), {}, std::move(tensor)});
}

void carry_quant(Graph& graph, ValueId from, ValueId to, const std::vector<std::int64_t>& permutation,
                 float factor) {
  auto quant = graph.values[from].quant;
  if (!quant || factor <= 0) return;
  for (float& scale : quant->scale) scale *= factor;
  if (quant->axis >= 0)
    quant->axis =
        static_cast<std::int32_t>(std::ranges::find(permutation, quant->axis) - permutation.begin());
  graph.values[to].quant = std::move(quant);
}

ValueId add_float(Graph& graph, const std::string& name, ir::Shape shape) {
  return graph.add_value({unique_name(graph, name), ir::DType::f32, std::move(shape), {}, {}});
}

}  // namespace nnp::compiler
