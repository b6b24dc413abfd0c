// SPDX-License-Identifier: Apache-2.0
// What stands before a Softmax as its only reader and masks it becomes the Softmax's mask: an Add of a
// constant; and Where(condition, x, low) of constants, as causal masks are exported, as an addition of 0 or
// `low`. The two are the same while x stays far from `low`: exp of anything near -10,000 is 0.
#include <algorithm>

#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::Graph;
using ir::Node;
using ir::Op;
using ir::ValueId;

constexpr float kLow = -9999;

/// 0 where the condition holds, else `low`. Nothing where a line along the last axis would be masked whole:
/// then all its elements count the same, which a sum does not give.
std::optional<ir::Tensor> additive_mask(const Graph& graph, const Node& where) {
  const ir::Tensor *condition = constant_input(graph, where, 0), *low = constant_input(graph, where, 2);
  if (condition == nullptr || low == nullptr || condition->type() != ir::DType::b8 ||
      low->type() != ir::DType::f32 || low->size() != 1 || !(low->data<float>()[0] <= kLow) ||
      condition->shape().empty())
    return std::nullopt;
  const auto flags = condition->data<bool>();
  const auto line = static_cast<std::size_t>(condition->shape().back());
  if (line == 1) return std::nullopt;
  for (std::size_t i = 0; i < flags.size(); i += line)
    if (std::none_of(flags.begin() + static_cast<std::ptrdiff_t>(i),
                     flags.begin() + static_cast<std::ptrdiff_t>(i + line), [](bool kept) { return kept; }))
      return std::nullopt;
  ir::Tensor mask(ir::DType::f32, condition->shape());
  std::ranges::transform(flags, mask.data<float>().begin(),
                         [&](bool kept) { return kept ? 0.0f : low->data<float>()[0]; });
  return mask;
}

/// What is masked, and the mask; kNoValue where the node does not mask.
struct Masked {
  ValueId x = ir::kNoValue, mask = ir::kNoValue;
};
Masked masked_by(Graph& graph, const Node& node) {
  const ir::Shape shape = graph.values[node.outputs[0]].shape;
  if (node.op == Op::add && !node.clamp.active()) {
    for (const std::size_t side : {0U, 1U}) {
      const ValueId x = node.inputs[1 - side], mask = node.inputs[side];
      if (graph.values[mask].constant && graph.values[x].shape == shape) return {x, mask};
    }
  }
  if (node.op == Op::where && graph.values[node.inputs[1]].shape == shape) {
    if (auto mask = additive_mask(graph, node))
      return {node.inputs[1], add_constant(graph, node.name + ".mask", std::move(*mask))};
  }
  return {};
}

}  // namespace

void fuse_softmax_mask(Graph& graph) {
  const auto makers = producers(graph);
  const auto uses = use_counts(graph);
  std::vector<bool> dead(graph.nodes.size());
  for (Node& node : graph.nodes) {
    if (node.op != Op::softmax || node.inputs.size() > 1) continue;
    const ValueId scores = node.inputs[0];
    const std::size_t maker = makers[scores];
    if (maker == kNoNode || uses[scores] != 1) continue;
    const Masked masked = masked_by(graph, graph.nodes[maker]);
    if (masked.x == ir::kNoValue) continue;
    node.inputs = {masked.x, masked.mask};
    absorb_origin(node, graph.nodes[maker]);
    dead[maker] = true;
  }
  erase_nodes(graph, dead);
}

}  // namespace nnp::compiler
