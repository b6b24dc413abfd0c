// SPDX-License-Identifier: Apache-2.0
// A QuantizeLinear of what a DequantizeLinear of the same scale made, moved or not, gives the same codes
// again: its readers take the reals that are there.
#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::Graph;
using ir::Node;
using ir::Op;
using ir::ValueId;

/// Results hold elements of the first input and nothing else.
bool only_moves(const Node& node) {
  return is_reshape_like(node.op) || node.op == Op::transpose || node.op == Op::slice ||
         node.op == Op::expand || node.op == Op::max_pool;
}

bool same_codes(const ir::Value& a, const ir::Value& b) {
  return a.type == b.type && a.quant && b.quant && a.quant->scale == b.quant->scale &&
         a.quant->zero_point == b.quant->zero_point && a.quant->axis < 0 && b.quant->axis < 0;
}

}  // namespace

void drop_repeated_quantisation(Graph& graph) {
  const auto makers = producers(graph);
  for (const Node& again : graph.nodes) {
    if (again.op != Op::dequantize_linear || is_graph_output(graph, again.outputs[0])) continue;
    const std::size_t maker = makers[again.inputs[0]];
    if (maker == kNoNode || graph.nodes[maker].op != Op::quantize_linear) continue;
    const ValueId reals = graph.nodes[maker].inputs[0];
    ValueId from = reals;
    while (makers[from] != kNoNode && only_moves(graph.nodes[makers[from]]))
      from = graph.nodes[makers[from]].inputs[0];
    if (makers[from] == kNoNode || graph.nodes[makers[from]].op != Op::dequantize_linear) continue;
    const ir::Value& codes = graph.values[again.inputs[0]];
    if (same_codes(codes, graph.values[graph.nodes[makers[from]].inputs[0]]))
      replace_uses(graph, again.outputs[0], reals);
  }
  remove_dead_nodes(graph);
}

}  // namespace nnp::compiler
