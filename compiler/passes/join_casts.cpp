// SPDX-License-Identifier: Apache-2.0
// Codes or bf16 to floats and on to codes or bf16, on the host: one Cast, which the chip has.
#include "compiler/ir/quantized.h"
#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::Node;
using ir::Op;

bool widens(const ir::Graph& graph, const Node& node) {
  const ir::DType from = graph.values[node.inputs[0]].type;
  const bool converts = node.op == Op::dequantize_linear || node.op == Op::cast;
  return converts && graph.values[node.outputs[0]].type == ir::DType::f32 &&
         (from == ir::DType::bf16 || ir::is_quantized(from));
}

}  // namespace

void join_casts(ir::Graph& graph) {
  const auto makers = producers(graph);
  for (Node& node : graph.nodes) {
    if (node.op != Op::quantize_linear && node.op != Op::cast) continue;
    const std::size_t maker = makers[node.inputs[0]];
    if (maker == kNoNode || graph.nodes[maker].inputs.empty() || !widens(graph, graph.nodes[maker])) continue;
    if (is_graph_input(graph, graph.nodes[maker].inputs[0])) continue;  // the host has it
    node.op = Op::cast;
    node.inputs = {graph.nodes[maker].inputs[0]};
  }
  remove_dead_nodes(graph);
}

}  // namespace nnp::compiler
