// SPDX-License-Identifier: Apache-2.0
// GlobalAveragePool -> AveragePool with one window, the whole image.
#include "compiler/passes/passes.h"

namespace nnp::compiler {

void global_pool_to_average(ir::Graph& graph) {
  for (ir::Node& node : graph.nodes) {
    if (node.op != ir::Op::global_average_pool) continue;
    const ir::Shape& image = graph.values[node.inputs[0]].shape;
    ir::PoolAttributes attributes;
    attributes.kernel[0] = image[2];
    attributes.kernel[1] = image[3];
    node.op = ir::Op::average_pool;
    node.attributes = attributes;
  }
}

}  // namespace nnp::compiler
