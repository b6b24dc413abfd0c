// SPDX-License-Identifier: Apache-2.0
// Relu and Clip into the clamp of the Conv, Gemm, MatMul or Add before them, when nothing else reads its
// result. Reshape-like nodes between the two do not matter.
#include <algorithm>

#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::Graph;
using ir::Node;
using ir::Op;

bool takes_clamp(Op op) { return op == Op::conv || op == Op::gemm || op == Op::matmul || op == Op::add; }

/// First one clamp, then the other.
ir::Clamp chained(const ir::Clamp& first, const ir::Clamp& second) {
  return {std::clamp(first.lo, second.lo, second.hi), std::clamp(first.hi, second.lo, second.hi)};
}

}  // namespace

void fuse_activations(Graph& graph) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!is_clamp(graph.nodes[i].op) || graph.values[graph.nodes[i].outputs[0]].type != ir::DType::f32)
      continue;
    const auto range = range_of(graph, graph.nodes[i]);
    const auto uses = use_counts(graph);
    const auto makers = producers(graph);
    ir::ValueId from = graph.nodes[i].inputs[0];
    while (uses[from] == 1 && makers[from] != kNoNode && is_reshape_like(graph.nodes[makers[from]].op)) {
      from = graph.nodes[makers[from]].inputs[0];
    }
    const std::size_t maker = makers[from];
    if (!range || uses[from] != 1 || maker == kNoNode || !takes_clamp(graph.nodes[maker].op)) continue;
    if (!bypass(graph, i)) continue;
    graph.nodes[maker].clamp = chained(graph.nodes[maker].clamp, *range);
    absorb_origin(graph.nodes[maker], graph.nodes[i]);
  }
  std::vector<bool> dead;
  for (const Node& node : graph.nodes) dead.push_back(node.outputs.empty());
  erase_nodes(graph, dead);
}

}  // namespace nnp::compiler
