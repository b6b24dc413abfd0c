// SPDX-License-Identifier: Apache-2.0
#include "compiler/ir/quantized_recurrent.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace nnp::ir {
namespace {

const QuantParams& quant_of(const Graph& graph, const Node& node, std::size_t input) {
  const Value& value = graph.values.at(node.inputs.at(input));
  if (value.quant && !value.quant->scale.empty()) return *value.quant;
  throw std::logic_error("node '" + node.name + "': value '" + value.name + "' has no scale");
}

std::span<const std::int32_t> bias_of(const Graph& graph, const Node& node) {
  constexpr std::size_t kBias = recurrent_input::kBias;
  if (node.inputs.size() <= kBias || node.inputs[kBias] == kNoValue) return {};
  const Value& value = graph.values.at(node.inputs[kBias]);
  if (value.constant && value.type == DType::i32) return value.constant->data<std::int32_t>();
  throw std::logic_error("node '" + node.name + "': value '" + value.name + "' is not a constant of i32");
}

/// What a node's clamp leaves of s16 at a scale.
numerics::OutputRange range_of(const Clamp& clamp, double scale) {
  numerics::OutputRange range = type_range(DType::s16);
  const double lo = range.lo, hi = range.hi;
  range.lo = static_cast<std::int32_t>(std::clamp(std::nearbyint(clamp.lo / scale), lo, hi));
  range.hi = static_cast<std::int32_t>(std::clamp(std::nearbyint(clamp.hi / scale), lo, hi));
  return range;
}

}  // namespace

RecurrentParams recurrent_params(const Graph& graph, const Node& node) {
  const RecurrentShape shape = recurrent_shape(graph, node);
  const double scale = quant_of(graph, node, recurrent_input::kX).scale.front();
  const std::span<const float> row_scales = quant_of(graph, node, recurrent_input::kW).scale;
  RecurrentParams params;
  const auto biases = column_bias<std::int64_t>(shape, bias_of(graph, node));
  const auto rows = rows_of_columns(shape);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const float row_scale = row_scales[row_scales.size() == 1 ? 0 : static_cast<std::size_t>(rows[i])];
    params.sums.push_back(
        {static_cast<std::int32_t>(biases[i]), static_cast<float>(scale * row_scale / kGateInScale)});
  }
  params.hidden_range = range_of(node.clamp, scale);
  if (shape.op == Op::rnn) {
    params.tanh_gate = table16(Function16::tanh, kGateInScale, scale);
    return params;
  }
  params.sigmoid = table16(Function16::sigmoid, kGateInScale, kGateOutScale);
  params.tanh_gate = table16(Function16::tanh, kGateInScale, kGateOutScale);
  params.gate = static_cast<float>(kGateOutScale);
  params.hidden = static_cast<float>(kGateOutScale * kGateOutScale / scale);
  if (const auto* lstm = std::get_if<LstmAttributes>(&node.attributes)) {
    if (!(lstm->cell_scale > 0)) throw std::logic_error("node '" + node.name + "': the cell has no scale");
    params.tanh_cell = table16(Function16::tanh, lstm->cell_scale, kGateOutScale);
    if (operand(node.inputs, recurrent_input::kPeepholes) != kNoValue)
      params.peephole = static_cast<float>(quant_of(graph, node, recurrent_input::kPeepholes).scale.front() *
                                           static_cast<double>(lstm->cell_scale) / kGateInScale);
    params.cell_from_input = static_cast<float>(kGateOutScale * kGateOutScale / lstm->cell_scale);
  }
  return params;
}

}  // namespace nnp::ir
