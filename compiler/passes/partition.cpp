// SPDX-License-Identifier: Apache-2.0
// Chip or host, node by node.
#include <algorithm>

#include "compiler/ir/quantized.h"
#include "compiler/passes/chip_capability.h"
#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {

namespace {

/// Another name for a value on the host: what only moves there costs less than a way over the link.
bool renames(const ir::Node& node) { return is_reshape_like(node.op) || node.op == ir::Op::transpose; }

/// What renames a result, and would be a copy on the chip, is the host's if nobody else reads it there: a
/// value of four axes that is no image leaves the chip in ONNX's order, and has it already.
void leave_last_names(ir::Graph& graph) {
  std::vector<bool> read_by_chip(graph.values.size());
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    ir::Node& node = graph.nodes[i];
    if (!node.on_host && is_reshape_like(node.op) && !ir::channel_preserving(graph, node))
      node.on_host = !read_by_chip[node.outputs[0]];
    if (node.on_host) continue;
    for (const ir::ValueId id : node.inputs)
      if (id != ir::kNoValue) read_by_chip[id] = true;
  }
}

/// Of a network that computes nothing and moves all the same, the Transposes are what it is for: they are the
/// chip's, with what renames their results. (A Transpose of axes of size 1 is a Reshape by now.)
bool only_moves(const ir::Graph& graph) { return std::ranges::all_of(graph.nodes, renames); }

}  // namespace

void partition(ir::Graph& graph, isa::Precision precision) {
  const auto makers = producers(graph);
  const bool moves = only_moves(graph);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    ir::Node& node = graph.nodes[i];
    node.on_host = !(chip_has_operation(graph, node) && chip_takes_types(graph, node, precision));
    // Another name for floats of the host is the host's. (Codes are the chip's.)
    if (moves && node.op == ir::Op::transpose) continue;
    if (!node.on_host && renames(node) && real_type(precision)) {
      const std::size_t maker = makers[node.inputs[0]];
      node.on_host = maker == kNoNode || graph.nodes[maker].on_host;
    }
  }
  if (!moves) leave_last_names(graph);
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
    if (!node.on_host && renames(node) && !ir::is_quantized(graph.values[node.inputs[0]].type)) {
      const std::size_t maker = makers[node.inputs[0]];
      node.on_host = maker == kNoNode || graph.nodes[maker].on_host;
    }
  }
  if (!only_moves(graph)) leave_last_names(graph);
}

}  // namespace nnp::compiler
