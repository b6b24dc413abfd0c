// SPDX-License-Identifier: Apache-2.0
// MatMuls of two activations as the weight DMA and the array take them: one batch axis, a right side that may
// lie transposed.
#include <algorithm>

#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::Graph;
using ir::Node;
using ir::Op;
using ir::Shape;
using ir::ValueId;

bool swaps_last_axes(const Node& node) {
  if (node.op != Op::transpose) return false;
  std::vector<std::int64_t> permutation = std::get<ir::TransposeAttributes>(node.attributes).permutation;
  if (permutation.size() < 2) return false;
  std::swap(permutation[permutation.size() - 2], permutation.back());
  return std::ranges::is_sorted(permutation);
}

/// A Transpose of the right side's last two axes becomes the MatMul's flag: the weight DMA reads columns.
void fold_right_transposes(Graph& graph) {
  const auto makers = producers(graph);
  for (Node& node : graph.nodes) {
    if (node.op != Op::matmul || graph.values[node.inputs[1]].shape.size() < 2) continue;
    const std::size_t maker = makers[node.inputs[1]];
    if (maker == kNoNode || !swaps_last_axes(graph.nodes[maker])) continue;
    node.inputs[1] = graph.nodes[maker].inputs[0];
    ir::GemmAttributes attributes;
    attributes.transpose_b = !ir::transposes_right(node);
    node.attributes = attributes;
  }
}

/// [a, b, ..., M, K] [a, b, ..., K, N] as [a b ..., M, K] [a b ..., K, N].
void flatten_batches(Graph& graph) {
  std::vector<Node> old = std::move(graph.nodes);
  graph.nodes.clear();
  const auto flat_shape = [](const Shape& from) {
    const Shape batch(from.begin(), from.end() - 2);
    return Shape{ir::element_count(batch), from[from.size() - 2], from.back()};
  };
  const auto reshaped = [&](const Node& of, ValueId id, const char* side) {
    const Shape flat_to = flat_shape(graph.values[id].shape);
    const std::string name = unique_name(graph, of.name + side);
    const ValueId flat = add_float(graph, name, flat_to);
    graph.nodes.push_back({Op::reshape, name, {id}, {flat}, {}, {}, false, {}});
    return flat;
  };
  for (Node& node : old) {
    const auto shape = [&](std::size_t i) -> const Shape& { return graph.values[node.inputs[i]].shape; };
    const bool flattens = node.op == Op::matmul && shape(0).size() > 3 &&
                          shape(0).size() == shape(1).size() &&
                          std::equal(shape(0).begin(), shape(0).end() - 2, shape(1).begin());
    if (!flattens) {
      graph.nodes.push_back(std::move(node));
      continue;
    }
    for (const std::size_t i : {0u, 1u})
      node.inputs[i] = reshaped(node, node.inputs[i], i == 0 ? ".a" : ".b");
    const ValueId result = node.outputs[0];
    const std::string name = unique_name(graph, node.name + ".flat");
    node.outputs[0] = add_float(graph, name, flat_shape(graph.values[result].shape));
    graph.nodes.push_back(std::move(node));
    graph.nodes.push_back({Op::reshape, name, {graph.nodes.back().outputs[0]}, {result}, {}, {}, false, {}});
  }
}

}  // namespace

void canonicalise_products(Graph& graph) {
  fold_right_transposes(graph);
  flatten_batches(graph);
  remove_dead_nodes(graph);
}

}  // namespace nnp::compiler
