// SPDX-License-Identifier: Apache-2.0
// Chip or host, node by node.
#include "compiler/passes/chip_capability.h"
#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {

void partition(ir::Graph& graph, isa::Precision precision) {
  const auto makers = producers(graph);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    ir::Node& node = graph.nodes[i];
    node.on_host = !(chip_has_operation(graph, node) && chip_takes_types(graph, node, precision));
    // Another name for floats of the host is the host's: there it costs no transfer. (Codes are the chip's.)
    const bool renames = is_reshape_like(node.op) || node.op == ir::Op::transpose;
    if (!node.on_host && renames && real_type(precision)) {
      const std::size_t maker = makers[node.inputs[0]];
      node.on_host = maker == kNoNode || graph.nodes[maker].on_host;
    }
  }
}

}  // namespace nnp::compiler
