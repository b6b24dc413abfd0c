// SPDX-License-Identifier: Apache-2.0
// Add of a constant before a Softmax, its only reader: the constant becomes the Softmax's mask.
#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {

void fuse_softmax_mask(ir::Graph& graph) {
  const auto makers = producers(graph);
  const auto uses = use_counts(graph);
  std::vector<bool> dead(graph.nodes.size());
  for (ir::Node& node : graph.nodes) {
    if (node.op != ir::Op::softmax || node.inputs.size() > 1) continue;
    const ir::ValueId sum = node.inputs[0];
    const std::size_t maker = makers[sum];
    if (maker == kNoNode || uses[sum] != 1 || graph.nodes[maker].op != ir::Op::add ||
        graph.nodes[maker].clamp.active())
      continue;
    for (const std::size_t side : {0U, 1U}) {
      const ir::ValueId x = graph.nodes[maker].inputs[1 - side], mask = graph.nodes[maker].inputs[side];
      if (!graph.values[mask].constant || graph.values[x].shape != graph.values[sum].shape) continue;
      node.inputs = {x, mask};
      absorb_origin(node, graph.nodes[maker]);
      dead[maker] = true;
      break;
    }
  }
  erase_nodes(graph, dead);
}

}  // namespace nnp::compiler
