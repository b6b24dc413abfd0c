// SPDX-License-Identifier: Apache-2.0
// Gather with constant indices that go on by equal steps is a Slice, and a Reshape where the index is one
// number: how exporters write x[:, 0] and the parts of a split. The chip has moves for them.
#include <algorithm>

#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::Graph;
using ir::Node;
using ir::Op;
using ir::Shape;

std::vector<std::int64_t> whole_numbers(const ir::Tensor& tensor) {
  if (tensor.type() == ir::DType::i64)
    return {tensor.data<std::int64_t>().begin(), tensor.data<std::int64_t>().end()};
  if (tensor.type() == ir::DType::i32)
    return {tensor.data<std::int32_t>().begin(), tensor.data<std::int32_t>().end()};
  return {};
}

/// Indices of one axis that a Slice picks: first, first + step, ...
struct Progression {
  std::int64_t first, step;
};
std::optional<Progression> progression(std::vector<std::int64_t> indices, std::int64_t extent) {
  if (indices.empty()) return std::nullopt;
  for (std::int64_t& i : indices) {
    if (i < 0) i += extent;
    if (i < 0 || i >= extent) return std::nullopt;
  }
  const std::int64_t step = indices.size() > 1 ? indices[1] - indices[0] : 1;
  for (std::size_t i = 1; i < indices.size(); ++i)
    if (indices[i] - indices[i - 1] != step) return std::nullopt;
  if (step == 0) return std::nullopt;
  return Progression{indices[0], step};
}

/// The nodes in place of a Gather, or none.
std::vector<Node> slice_of(Graph& graph, const Node& node) {
  const ir::Value& data = graph.values[node.inputs[0]];
  const ir::Tensor* indices = constant_input(graph, node, 1);
  if (data.constant || data.type != ir::DType::f32 || indices == nullptr || indices->shape().size() > 1)
    return {};
  const auto rank = static_cast<std::int64_t>(data.shape.size());
  const std::int64_t given = std::get<ir::AxisAttributes>(node.attributes).axis;
  const auto axis = static_cast<std::size_t>(given < 0 ? given + rank : given);
  const auto picked = progression(whole_numbers(*indices), data.shape[axis]);
  if (!picked) return {};
  ir::SliceAttributes slice{std::vector<std::int64_t>(data.shape.size(), 0),
                            std::vector<std::int64_t>(data.shape.size(), 1)};
  slice.starts[axis] = picked->first, slice.steps[axis] = picked->step;
  Node part{Op::slice, node.name, {node.inputs[0]}, node.outputs, slice, {}, false, node.onnx_nodes};
  if (!indices->shape().empty()) return {part};
  Shape one = data.shape;
  one[axis] = 1;
  part.outputs = {add_float(graph, node.name + ".part", one)};
  Node drop{
      Op::reshape,    unique_name(graph, node.name + ".drop"), part.outputs, node.outputs, {}, {}, false,
      node.onnx_nodes};
  return {part, drop};
}

}  // namespace

void gather_to_slice(Graph& graph) {
  std::vector<Node> nodes;
  for (const Node& node : graph.nodes) {
    std::vector<Node> made;
    if (node.op == Op::gather) made = slice_of(graph, node);
    if (made.empty()) made = {node};
    std::ranges::move(made, std::back_inserter(nodes));
  }
  graph.nodes = std::move(nodes);
}

}  // namespace nnp::compiler
