// SPDX-License-Identifier: Apache-2.0
// Nodes that no graph output depends on, then values that nobody names any more (weights that were replaced).
#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::Graph;
using ir::Node;
using ir::ValueId;

void remove_unread_nodes(Graph& graph) {
  std::vector<bool> needed(graph.values.size()), dead(graph.nodes.size());
  for (const ValueId id : graph.outputs) needed[id] = true;
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    dead[i] = true;
    for (const ValueId id : node.outputs) {
      if (id != ir::kNoValue && needed[id]) dead[i] = false;
    }
    if (dead[i]) continue;
    for (const ValueId id : node.inputs) {
      if (id != ir::kNoValue) needed[id] = true;
    }
  }
  erase_nodes(graph, dead);
}

/// Renumbers: ids stay in their order.
void remove_unnamed_values(Graph& graph) {
  std::vector<bool> named(graph.values.size());
  const auto name = [&](const std::vector<ValueId>& ids) {
    for (const ValueId id : ids) {
      if (id != ir::kNoValue) named[id] = true;
    }
  };
  for (std::size_t id = 0; id < graph.values.size(); ++id) {  // ir::codes_name
    const ir::Value& value = graph.values[id];
    named[id] = value.constant && value.quant && value.type == ir::DType::i32;
  }
  name(graph.inputs);
  name(graph.outputs);
  for (const Node& node : graph.nodes) {
    name(node.inputs);
    name(node.outputs);
  }
  std::vector<ValueId> renumbered(graph.values.size(), ir::kNoValue);
  std::vector<ir::Value> kept;
  for (std::size_t id = 0; id < graph.values.size(); ++id) {
    if (!named[id]) continue;
    renumbered[id] = static_cast<ValueId>(kept.size());
    kept.push_back(std::move(graph.values[id]));
  }
  graph.values = std::move(kept);
  const auto rename = [&](std::vector<ValueId>& ids) {
    for (ValueId& id : ids) {
      if (id != ir::kNoValue) id = renumbered[id];
    }
  };
  rename(graph.inputs);
  rename(graph.outputs);
  for (Node& node : graph.nodes) {
    rename(node.inputs);
    rename(node.outputs);
  }
}

}  // namespace

void remove_dead_nodes(Graph& graph) {
  remove_unread_nodes(graph);
  remove_unnamed_values(graph);
}

}  // namespace nnp::compiler
