// SPDX-License-Identifier: Apache-2.0
// Chip or host, node by node.
#include "compiler/ir/quantized.h"
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

void partition_mixed(ir::Graph& graph, const std::function<bool(const ir::Node&)>& on_floats) {
  using enum isa::Precision;
  const auto makers = producers(graph);
  const auto is_chip_type = [&](ir::ValueId id) {
    const ir::DType type = graph.values[id].type;
    return type == ir::DType::bf16 || (ir::is_quantized(type) && graph.values[id].quant);
  };
  for (ir::Node& node : graph.nodes) {
    const auto takes = [&](isa::Precision precision) { return chip_takes_types(graph, node, precision); };
    const bool converts =
        node.op == ir::Op::cast && is_chip_type(node.inputs[0]) && is_chip_type(node.outputs[0]);
    const bool fits = chip_has_operation(graph, node) &&
                      (converts || takes(int8) || takes(bf16) || (takes(fp32) && on_floats(node)));
    node.on_host = !fits;
    const bool renames = is_reshape_like(node.op) || node.op == ir::Op::transpose;
    if (!node.on_host && renames && !ir::is_quantized(graph.values[node.inputs[0]].type)) {
      const std::size_t maker = makers[node.inputs[0]];
      node.on_host = maker == kNoNode || graph.nodes[maker].on_host;
    }
  }
}

}  // namespace nnp::compiler
