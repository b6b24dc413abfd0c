// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/reference/value_lifetimes.h"

#include <fmt/format.h>

#include <algorithm>

#include "host_runtime/reference/naive/call.h"

namespace nnp::reference {

Tensors values_from_inputs(const ir::Graph& graph, const Tensors& inputs) {
  if (inputs.size() != graph.inputs.size())
    throw std::runtime_error(fmt::format("network '{}' takes {} inputs, given {}", graph.name,
                                         graph.inputs.size(), inputs.size()));
  Tensors values(graph.values.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const ir::Value& value = graph.values.at(graph.inputs[i]);
    if (inputs[i].type() != value.type || inputs[i].shape() != value.shape)
      throw std::runtime_error(fmt::format("input '{}' is {} {}, needed {} {}", value.name,
                                           ir::to_string(inputs[i].type()), naive::to_text(inputs[i].shape()),
                                           ir::to_string(value.type), naive::to_text(value.shape)));
    values[graph.inputs[i]] = inputs[i];
  }
  return values;
}

Tensors outputs_from_values(const ir::Graph& graph, const Tensors& values) {
  Tensors outputs;
  for (const ir::ValueId id : graph.outputs)
    outputs.push_back(graph.values.at(id).constant ? *graph.values[id].constant : values.at(id));
  return outputs;
}

ValueLifetimes::ValueLifetimes(const ir::Graph& graph) : ends_(graph.nodes.size()) {
  std::vector<bool> settled(graph.values.size(), false);
  for (const ir::ValueId id : graph.outputs) settled.at(id) = true;
  for (std::size_t node = graph.nodes.size(); node-- > 0;)
    for (const auto* ids :
         {&graph.nodes[node].inputs, &graph.nodes[node].outputs})  // an output nobody reads ends at once
      for (const ir::ValueId id : *ids)
        if (id != ir::kNoValue && !settled.at(id)) {
          settled[id] = true;
          ends_[node].push_back(id);
        }
}

}  // namespace nnp::reference
