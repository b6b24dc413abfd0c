// SPDX-License-Identifier: Apache-2.0
// Nodes of constants become constants; Identity disappears; a chain of Reshape-like nodes becomes one, or
// none where the shape is the same again; a Transpose that only moves axes of size 1 is a Reshape.
#include <numeric>

#include "compiler/passes/constant_evaluator.h"
#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::Graph;
using ir::Node;
using ir::Op;

bool keeps_order(const ir::Shape& shape, const std::vector<std::int64_t>& permutation) {
  std::int64_t last = -1;
  for (const std::int64_t axis : permutation) {
    if (shape[static_cast<std::size_t>(axis)] == 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

/// A constant that moved keeps what it says of its codes.
void carry_codes(Graph& graph, const Node& node) {
  std::vector<std::int64_t> axes(graph.values[node.outputs[0]].shape.size());
  std::iota(axes.begin(), axes.end(), 0);
  const auto& quant = graph.values[node.inputs[0]].quant;
  const bool one_scale = quant && quant->axis < 0;
  const bool same_shape = graph.values[node.inputs[0]].shape == graph.values[node.outputs[0]].shape;
  if (node.op == Op::transpose)
    axes = std::get<ir::TransposeAttributes>(node.attributes).permutation;
  else if (!is_reshape_like(node.op) || !(one_scale || same_shape))
    return;
  carry_quant(graph, node.inputs[0], node.outputs[0], axes);
}

bool make_constant(Graph& graph, std::size_t index) {
  const Node& node = graph.nodes[index];
  const ir::ValueId out = node.outputs.at(0);
  auto result = evaluate_constant(graph, node);
  if (!result) return false;
  graph.values[out].constant = std::move(*result);
  carry_codes(graph, node);
  graph.nodes[index].inputs = {};
  graph.nodes[index].outputs = {};
  return true;
}

void simplify_transpose(Graph& graph, Node& node, const std::vector<std::size_t>& makers) {
  auto& permutation = std::get<ir::TransposeAttributes>(node.attributes).permutation;
  if (const std::size_t maker = makers[node.inputs[0]];
      maker != kNoNode && graph.nodes[maker].op == Op::transpose) {
    const Node& first = graph.nodes[maker];
    if (first.outputs.empty()) return;
    for (std::int64_t& axis : permutation) {
      axis = std::get<ir::TransposeAttributes>(first.attributes).permutation[static_cast<std::size_t>(axis)];
    }
    node.inputs[0] = first.inputs[0];
  }
  if (!keeps_order(graph.values[node.inputs[0]].shape, permutation)) return;
  node.op = Op::reshape;
  node.attributes = {};
}

void shorten_chain(Graph& graph, Node& node, const std::vector<std::size_t>& makers) {
  const std::size_t maker = makers[node.inputs[0]];
  if (maker == kNoNode || !is_reshape_like(graph.nodes[maker].op) || graph.nodes[maker].outputs.empty())
    return;
  node.inputs[0] = graph.nodes[maker].inputs[0];
  if (node.op == Op::identity && graph.nodes[maker].op == Op::identity) return;
  node.op = Op::reshape;
  node.attributes = {};
}

/// Unread since its reader looks further back.
void mark_unread(Graph& graph, std::vector<bool>& dead) {
  const auto uses = use_counts(graph);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    const bool moves = is_reshape_like(node.op) || node.op == Op::transpose;
    dead[i] = node.outputs.empty() || (moves && uses[node.outputs[0]] == 0);
  }
}

}  // namespace

void fold_constants(Graph& graph) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (make_constant(graph, i)) continue;
    const auto makers = producers(graph);
    Node& node = graph.nodes[i];
    if (node.op == Op::transpose) simplify_transpose(graph, node, makers);
    if (!is_reshape_like(node.op)) continue;
    shorten_chain(graph, node, makers);
    if (graph.values[node.inputs[0]].shape == graph.values[node.outputs[0]].shape) bypass(graph, i);
  }
  std::vector<bool> dead(graph.nodes.size());
  mark_unread(graph, dead);
  erase_nodes(graph, dead);
}

}  // namespace nnp::compiler
