// SPDX-License-Identifier: Apache-2.0
// Chip or host, node by node.
#include "compiler/passes/chip_capability.h"
#include "compiler/passes/passes.h"

namespace nnp::compiler {

void partition(ir::Graph& graph) {
  for (ir::Node& node : graph.nodes)
    node.on_host = !(chip_has_operation(graph, node) && chip_takes_types(graph, node));
}

}  // namespace nnp::compiler
