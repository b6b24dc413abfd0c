// SPDX-License-Identifier: Apache-2.0
// Between codes and reals: reorders with scale and zero point, and a node of codes in float32 between two of
// them, where oneDNN has no int8 primitive for it.
#include "compiler/ir/quantized.h"
#include "compiler/ir/real.h"
#include "host_runtime/reference/onednn/network_run.h"

namespace nnp::reference::onednn {
namespace {

bool is_code(const ir::Value& value) { return value.quant && ir::is_quantized(value.type); }
/// Of a type that oneDNN has, and of one scale.
bool can_cross(const ir::Value& value) { return data_type(value.type) && value.quant->scale.size() == 1; }

dnnl::memory::desc with_type(dnnl::memory::desc layout, dnnl::memory::data_type type) {
  layout.data.data_type = dnnl::memory::convert_to_c(type);
  return layout;
}

dnnl::memory reordered(Device& device, const dnnl::memory& source, dnnl::memory::data_type type,
                       const dnnl::primitive_attr& attribute) {
  dnnl::memory result = device.make(with_type(source.get_desc(), type));
  device.run(dnnl::reorder(source, result, attribute), {{DNNL_ARG_FROM, source}, {DNNL_ARG_TO, result}});
  return result;
}

/// scale * (code - zero point), where the codes lie.
dnnl::memory reals_of(Device& device, const dnnl::memory& codes, const ir::QuantParams& quant) {
  dnnl::primitive_attr attribute;
  attribute.set_output_scales(0, quant.scale);
  if (quant.zero_point != 0) attribute.set_zero_points(DNNL_ARG_FROM, 0, {quant.zero_point});
  return reordered(device, codes, kF32, attribute);
}

/// rint(real * (1 / scale) + zero point), held within the type.
dnnl::memory codes_of(Device& device, const dnnl::memory& reals, const ir::Value& value) {
  dnnl::primitive_attr attribute;
  attribute.set_output_scales(0, {1.0f / value.quant->scale[0]});
  if (value.quant->zero_point != 0) attribute.set_zero_points(DNNL_ARG_TO, 0, {value.quant->zero_point});
  return reordered(device, reals, *data_type(value.type), attribute);
}

/// The node alone with its codes as reals; constants of reals stay in it.
std::unique_ptr<ir::Graph> node_of_reals(const NodeCall& call) {
  auto real = std::make_unique<ir::Graph>();
  ir::Node node = call.node;
  for (auto* ids : {&node.inputs, &node.outputs})
    for (ir::ValueId& id : *ids) {
      if (id == ir::kNoValue) continue;
      ir::Value value = call.graph.values[id];
      if (is_code(value)) value.type = ir::DType::f32, value.quant.reset(), value.constant.reset();
      id = real->add_value(std::move(value));
    }
  real->nodes.push_back(std::move(node));
  return real;
}

}  // namespace

bool run_quantize(NodeCall& call) {
  const ir::ValueId x = call.node.inputs[0], y = call.node.outputs[0];
  if (call.graph.values[x].type != ir::DType::f32 || !can_cross(call.graph.values[y])) return false;
  call.values.set(y, codes_of(call.device, call.values.memory(x), call.graph.values[y]));
  return true;
}

bool run_dequantize(NodeCall& call) {
  const ir::ValueId x = call.node.inputs[0], y = call.node.outputs[0];
  if (call.graph.values[y].type != ir::DType::f32 || !can_cross(call.graph.values[x])) return false;
  call.values.set(y, reals_of(call.device, call.values.memory(x), *call.graph.values[x].quant));
  return true;
}

bool run_cast(NodeCall& call) {
  const ir::Value &x = call.graph.values[call.node.inputs[0]], &y = call.graph.values[call.node.outputs[0]];
  if (!ir::is_real(x.type) || !ir::is_real(y.type)) return false;
  call.values.set(call.node.outputs[0],
                  reordered(call.device, call.values.memory(call.node.inputs[0]), *data_type(y.type), {}));
  return true;
}

bool run_between_reorders(NodeCall& call) {
  if (call.node.outputs.size() != 1) return false;
  for (const auto* ids : {&call.node.inputs, &call.node.outputs})
    for (const ir::ValueId id : *ids)
      if (id != ir::kNoValue && is_code(call.graph.values[id]) && !can_cross(call.graph.values[id]))
        return false;
  if (!call.kept.real) call.kept.real = node_of_reals(call);
  const ir::Graph& real = *call.kept.real;
  const ir::Node& node = real.nodes[0];
  const FloatFunction function = real_function(real, node);
  if (function == nullptr || !is_code(call.graph.values[call.node.outputs[0]])) return false;
  Values values(call.device, real, Tensors(real.values.size()));
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.inputs[i] == ir::kNoValue || real.values[node.inputs[i]].constant) continue;
    const ir::Value& outside = call.graph.values[call.node.inputs[i]];
    const dnnl::memory operand = call.values.memory(call.node.inputs[i]);
    values.set(node.inputs[i], is_code(outside) ? reals_of(call.device, operand, *outside.quant) : operand);
  }
  FloatCall inner{call.device, values, real, node};
  if (!call_primitive(function, inner)) return false;
  const ir::ValueId y = call.node.outputs[0];
  call.values.set(y, codes_of(call.device, values.memory(node.outputs[0]), call.graph.values[y]));
  return true;
}

}  // namespace nnp::reference::onednn
