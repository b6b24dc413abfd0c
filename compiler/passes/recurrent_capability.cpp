// SPDX-License-Identifier: Apache-2.0
// Which RNN, GRU and LSTM nodes the chip runs.
#include "compiler/ir/quantized.h"
#include "compiler/ir/recurrent.h"

#include "compiler/passes/chip_capability.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {

using namespace ir::recurrent_input;

bool recurrent_has_operation(const ir::Graph& graph, const ir::Node& node) {
  const auto has = [&](std::size_t i) { return i < node.inputs.size() && node.inputs[i] != ir::kNoValue; };
  if (has(kLengths)) return false;
  for (const std::size_t i : {kW, kR, kBias, kPeepholes})
    if (has(i) && constant_input(graph, node, i) == nullptr) return false;
  return true;
}

bool recurrent_takes_types(const ir::Graph& graph, const ir::Node& node, ir::DType values,
                           ir::DType weights) {
  const auto are = [&](const std::vector<ir::ValueId>& ids, std::size_t i, ir::DType type) {
    return i >= ids.size() || ids[i] == ir::kNoValue || graph.values[ids[i]].type == type;
  };
  for (const std::size_t i : {kX, kInitialH, kInitialC})
    if (!are(node.inputs, i, values)) return false;
  for (std::size_t i = 0; i < node.outputs.size(); ++i)
    if (!are(node.outputs, i, values)) return false;
  // Peepholes meet the cell state: s16, or f32 whatever x is.
  const ir::DType kept = ir::is_quantized(values) ? values : ir::DType::f32;
  return are(node.inputs, kPeepholes, kept) && are(node.inputs, kW, weights) && are(node.inputs, kR, weights);
}

}  // namespace nnp::compiler
