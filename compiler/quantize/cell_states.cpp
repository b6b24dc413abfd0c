// SPDX-License-Identifier: Apache-2.0
#include "compiler/quantize/cell_states.h"

#include <algorithm>

#include "compiler/ir/recurrent.h"
#include "compiler/passes/chip_capability.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::Graph;
using ir::Node;
using ir::Op;
using ir::ValueId;

bool has(const std::vector<ValueId>& ids, std::size_t i) { return i < ids.size() && ids[i] != ir::kNoValue; }

Node conversion(Op op, const std::string& name, ValueId from, ValueId to, const Node& of) {
  return {op, name, {from}, {to}, {}, {}, false, of.onnx_nodes};
}

}  // namespace

bool has_cell_states(const Graph& graph) {
  return std::ranges::any_of(graph.nodes, [](const Node& node) { return node.op == Op::lstm; });
}

Graph separate_cell_states(const Graph& source) {
  const auto makers = producers(source);
  const auto made_on_chip = [&](ValueId id) {
    return makers[id] != kNoNode && chip_has_operation(source, source.nodes[makers[id]]);
  };
  Graph graph = source;
  graph.nodes.clear();
  for (const Node& original : source.nodes) {
    Node node = original;
    if (node.op != Op::lstm || !chip_has_operation(source, node)) {
      graph.nodes.push_back(std::move(node));
      continue;
    }
    const auto name = [&](const char* suffix) { return unique_name(graph, node.name + suffix); };
    if (has(node.inputs, ir::recurrent_input::kInitialC)) {
      ValueId& id = node.inputs[ir::recurrent_input::kInitialC];
      if (const auto constant = graph.values[id].constant) {
        id = add_constant(graph, name(".initial_c"), *constant);
      } else {
        const ValueId own = add_float(graph, name(".initial_c"), graph.values[id].shape);
        const Op op = made_on_chip(id) ? Op::clip : Op::identity;
        graph.nodes.push_back(conversion(op, name(".initial_c.convert"), id, own, node));
        id = own;
      }
    }
    if (!has(node.outputs, ir::recurrent_output::kLastC)) {
      graph.nodes.push_back(std::move(node));
      continue;
    }
    const ValueId wanted = node.outputs[ir::recurrent_output::kLastC];
    const ValueId own = add_float(graph, name(".last_c"), graph.values[wanted].shape);
    node.outputs[ir::recurrent_output::kLastC] = own;
    graph.nodes.push_back(node);
    graph.nodes.push_back(conversion(Op::clip, name(".last_c.convert"), own, wanted, node));
  }
  return graph;
}

}  // namespace nnp::compiler
