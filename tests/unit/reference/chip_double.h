// SPDX-License-Identifier: Apache-2.0
// Stands in for the chip: runs a quantised graph node by node and hands out what the chip would, with a wrong
// accumulator planted where a test asks for one. What follows the wrong sum is computed from it, as on a
// chip.
#pragma once

#include "host_runtime/compare/comparison.h"
#include "host_runtime/reference/naive/recurrent/recurrent.h"
#include "host_runtime/reference/naive/sums.h"
#include "tests/unit/reference/lstm_case.h"

namespace nnp::testing {

struct PlantedFault {
  std::string layer;
  std::size_t index = 0;
  std::int32_t delta = 0;
};

/// The sums of a recurrent layer with one of them off: steps after it see the h that follows.
inline ir::Tensor recurrent_sums_with_fault(const ir::Graph& graph, const ir::Node& node,
                                            const reference::Tensors& values, const PlantedFault& fault) {
  const reference::naive::Operands operands(graph, node, values);
  const ir::RecurrentShape shape = ir::recurrent_shape(graph, node);
  ir::Tensor sums = reference::accumulators(graph, node, values);
  sums.data<std::int32_t>()[fault.index] += fault.delta;
  const ir::Tensor weights = reference::naive::recurrent_joined_weights(operands);
  const std::size_t columns = static_cast<std::size_t>(shape.columns),
                    rows = static_cast<std::size_t>(weights.shape()[0]);
  const auto next_step = static_cast<std::int64_t>(fault.index / columns) / shape.batch + 1;
  for (std::int64_t t = next_step; t < shape.steps;
       ++t) {  // plain products of [x | h] as it comes out of the sums so far
    const ir::Tensor joined = reference::naive::recurrent_joined_input(operands, sums);
    for (auto m = static_cast<std::size_t>(t * shape.batch);
         m < static_cast<std::size_t>((t + 1) * shape.batch); ++m)
      for (std::size_t n = 0; n < columns; ++n) {
        std::int32_t sum = 0;
        for (std::size_t k = 0; k < rows; ++k)
          sum += joined.data<std::int16_t>()[m * rows + k] * weights.data<std::int8_t>()[k * columns + n];
        sums.data<std::int32_t>()[m * columns + n] = sum;
      }
  }
  return sums;
}

inline compare::ChipEvidence run_chip(const ir::Graph& graph, const std::vector<ir::Tensor>& inputs,
                                      const PlantedFault& fault = {}) {
  compare::ChipEvidence evidence;
  reference::Tensors values = reference::initial_values(graph);
  for (std::size_t i = 0; i < inputs.size(); ++i) values[graph.inputs[i]] = inputs[i];
  for (const ir::Node& node : graph.nodes) {
    if (node.on_host || !reference::naive::has_sums(graph, node)) {
      reference::run_node(graph, node, values);
      continue;
    }
    ir::Tensor sums;
    if (node.name == fault.layer && ir::is_recurrent(node.op)) {
      sums = recurrent_sums_with_fault(graph, node, values, fault);
    } else {
      sums = reference::accumulators(graph, node, values);
      if (node.name == fault.layer) sums.data<std::int32_t>()[fault.index] += fault.delta;
    }
    reference::naive::finish(graph, node, sums, values);
    evidence.accumulators[node.name] = sums;
  }
  for (const ir::ValueId id : graph.outputs) evidence.outputs.push_back(values[id]);
  return evidence;
}

}  // namespace nnp::testing
