// SPDX-License-Identifier: Apache-2.0
// A judge of recurrent steps that works on float32 between codes, as ONNX Runtime does with a file in QDQ
// form: the step's graph with real weights, run by the float operators.
#pragma once

#include "compiler/ir/recurrent.h"
#include "host_runtime/compare/recurrent_steps.h"
#include "host_runtime/reference/reference.h"
#include "isa/numerics/numerics.h"

namespace nnp::testing {

inline ir::Tensor floats_of(const ir::Value& value, const std::vector<float>& scales) {
  ir::Tensor result(ir::DType::f32, value.shape);
  const std::size_t rows = scales.size(), row = value.constant->size() / rows;
  for (std::size_t i = 0; i < result.size(); ++i)
    result.data<float>()[i] = static_cast<float>(
        static_cast<double>(scales[i / row]) *
        static_cast<double>(ir::with_element_type(value.constant->type(), [&](auto element) {
          return static_cast<double>(value.constant->data<decltype(element)>()[i]);
        })));
  return result;
}

/// A graph of one recurrent node between QuantizeLinear and DequantizeLinear, with floats in place of codes.
inline ir::Graph float_twin(const ir::Graph& codes) {
  ir::Graph graph = codes;
  for (ir::Node& node : graph.nodes) {
    if (!ir::is_recurrent(node.op)) {
      node.op = ir::Op::identity, node.attributes = {};
      continue;
    }
    using namespace ir::recurrent_input;
    const double x_scale = static_cast<double>(codes.values[node.inputs[kX]].quant->scale[0]);
    std::vector<float> rows = codes.values[node.inputs[kW]].quant->scale, bias_scales;
    for (std::size_t half = 0; half < 2; ++half)
      for (const float scale : rows)
        bias_scales.push_back(static_cast<float>(x_scale * static_cast<double>(scale)));
    for (const std::size_t i : {kW, kR, kBias, kPeepholes}) {
      if (node.inputs[i] == ir::kNoValue) continue;
      ir::Value& value = graph.values[node.inputs[i]];
      value.constant = floats_of(value, i == kBias ? bias_scales : value.quant->scale);
    }
  }
  for (ir::Value& value : graph.values) value.type = ir::DType::f32, value.quant.reset();
  return graph;
}

/// `change`, given the float twin, plants a fault.
inline compare::StepRunner binary32_steps(std::function<void(ir::Graph&)> change = {}) {
  return [change](const ir::Graph& codes, const std::vector<ir::Tensor>& inputs) {
    ir::Graph twin = float_twin(codes);
    if (change) change(twin);
    reference::Tensors values = reference::initial_values(twin);
    for (std::size_t i = 0; i < inputs.size(); ++i) values[twin.inputs[i]] = inputs[i];
    for (const ir::Node& node : twin.nodes) reference::run_node(twin, node, values);
    for (ir::ValueId id = 0; id < values.size(); ++id) {
      const ir::Value& value = codes.values[id];
      if (!value.quant || value.constant) continue;
      ir::Tensor made(ir::DType::s16, value.shape);
      numerics::quantize(values[id].data<float>().data(), value.quant->scale[0], 0,
                         made.data<std::int16_t>().data(), made.size());
      values[id] = std::move(made);
    }
    return values;
  };
}

}  // namespace nnp::testing
