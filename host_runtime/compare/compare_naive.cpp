// SPDX-License-Identifier: Apache-2.0
// The naive run as judge: it computes the whole network on its own and every number must be equal.
#include <fmt/format.h>

#include "host_runtime/compare/difference.h"
#include "host_runtime/reference/naive/sums.h"
#include "host_runtime/reference/value_lifetimes.h"

namespace nnp::compare {

Comparison compare_naive(const ir::Graph& graph, const std::vector<ir::Tensor>& inputs,
                         const ChipEvidence& evidence) {
  Comparison comparison;
  comparison.reference = "naive";
  Difference difference;
  reference::Tensors values = reference::values_from_inputs(graph, inputs);
  const reference::ValueLifetimes lifetimes(graph);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const ir::Node& node = graph.nodes[i];
    const bool has_sums =
        reference::naive::has_sums(graph, node) || reference::naive::has_real_sums(graph, node);
    if (node.on_host || !has_sums) {
      reference::run_node(graph, node, values);
    } else {
      const ir::Tensor sums = reference::accumulators(graph, node, values);
      const auto chip = evidence.accumulators.find(node.name);
      if (chip == evidence.accumulators.end()) {
        difference.add_fault(fmt::format("layer '{}': the chip gave no accumulators", node.name));
      } else {
        difference.add(fmt::format("layer '{}' accumulator", node.name), chip->second, "naive", sums);
        ++comparison.layers_compared;
      }
      reference::naive::finish(graph, node, sums, values);
    }
    for (const ir::ValueId id : lifetimes.ends_at(i)) values[id] = {};
  }
  const reference::Tensors outputs = reference::outputs_from_values(graph, values);
  if (outputs.size() != evidence.outputs.size())
    difference.add_fault(
        fmt::format("the chip gave {} outputs, the network has {}", evidence.outputs.size(), outputs.size()));
  else
    for (std::size_t i = 0; i < outputs.size(); ++i)
      difference.add(fmt::format("output '{}'", graph.values[graph.outputs[i]].name), evidence.outputs[i],
                     "naive", outputs[i]);
  difference.settle(comparison);
  if (all_one_value(outputs)) mistrust(comparison, "all outputs hold one value: equality says little");
  return comparison;
}

}  // namespace nnp::compare
