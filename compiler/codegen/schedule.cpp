// SPDX-License-Identifier: Apache-2.0
// The order of nodes: as few changes between host and chip as a greedy walk achieves.
#include "compiler/codegen/codegen.h"

namespace nnp::compiler {

void schedule(ir::Graph& graph) {
  std::vector<bool> known(graph.values.size(), true);
  for (const ir::Node& node : graph.nodes)
    for (const ir::ValueId id : node.outputs)
      if (id != ir::kNoValue) known[id] = false;
  std::vector<bool> done(graph.nodes.size(), false);
  std::vector<ir::Node> order;
  bool host = true;
  std::size_t fruitless = 0;
  while (order.size() < graph.nodes.size() && fruitless < 2) {
    // Everything of one side that can run, in the old order, again and again until nothing is left.
    const std::size_t before = order.size();
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      if (done[i] || graph.nodes[i].on_host != host) continue;
      bool ready = true;
      for (const ir::ValueId id : graph.nodes[i].inputs) ready = ready && (id == ir::kNoValue || known[id]);
      if (!ready) continue;
      for (const ir::ValueId id : graph.nodes[i].outputs)
        if (id != ir::kNoValue) known[id] = true;
      done[i] = true;
      order.push_back(graph.nodes[i]);
    }
    fruitless = order.size() == before ? fruitless + 1 : 0;
    host = !host;
  }
  graph.nodes = std::move(order);
}

std::vector<NodeRange> launches_of(const ir::Graph& graph) {
  std::vector<NodeRange> ranges;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].on_host) continue;
    if (ranges.empty() || ranges.back().last != i) ranges.push_back({i, i});
    ranges.back().last = i + 1;
  }
  return ranges;
}

}  // namespace nnp::compiler
