// SPDX-License-Identifier: Apache-2.0
// The walk over a graph: each value gets its tensors, each node its floats. Of a value x with codes the model
// has x, as its operator makes it; x.quantized, its codes; and x.dequantized, what those mean, which all
// readers take. (Where x is a graph's output, x is what its codes mean, and x.real what its operator makes.)
#include "compiler/export/onnx_export.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/compile_error.h"
#include "compiler/export/operators.h"
#include "compiler/ir/quantized.h"
#include "compiler/ir/recurrent.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::Node;
using ir::Op;
using ir::ValueId;

constexpr std::int64_t kOpsetOf16BitCodes = 21;        // QuantizeLinear's first with them
constexpr std::string_view kQuantized = ".quantized";  // what quantisation calls the codes of a float value

class Exporter {
 public:
  explicit Exporter(const ir::Graph& graph) : graph_(graph), model_(graph.name), real_(graph.values.size()) {
    result_.tensors.resize(graph.values.size());
  }

  OnnxExport run() {
    choose_opset();
    name_values();
    for (const ValueId id : graph_.inputs)
      model_.input(real_[id], graph_.values[id].type, graph_.values[id].shape);
    for (const Node& node : graph_.nodes) write(node);
    for (const ValueId id : graph_.outputs) write_output(id);
    result_.opset = model_.opset();
    result_.model = model_.finish();
    return std::move(result_);
  }

 private:
  const ir::Value& value(ValueId id) const { return graph_.values[id]; }
  bool has_codes(ValueId id) const { return value(id).quant.has_value() && ir::is_quantized(value(id).type); }

  void choose_opset() {
    const auto has_16_bit_codes = [](const ir::Value& value) {
      return value.quant && value.type == ir::DType::s16;
    };
    if (std::ranges::any_of(graph_.values, has_16_bit_codes)) model_.need_opset(kOpsetOf16BitCodes);
    for (const Node& node : graph_.nodes) {
      if (node.op == Op::layer_normalization) model_.need_opset(17);
      if (const auto* onnx = std::get_if<ir::OnnxAttributes>(&node.attributes))
        model_.need_opset(onnx->opset);
    }
  }

  // ---- names

  void name_values() {
    for (ValueId id = 0; id < graph_.values.size(); ++id) {
      if (value(id).constant || has_codes(id)) continue;
      real_[id] = value(id).name, result_.tensors[id] = value(id).name;
      model_.reserve(value(id).name);
    }
    for (const Node& node : graph_.nodes)
      for (const ValueId id : node.outputs)
        if (id != ir::kNoValue && has_codes(id)) name_codes(id);
    for (const Node& node : graph_.nodes)
      if (node.op == Op::dequantize_linear && real_[node.inputs[0]].empty())
        real_[node.inputs[0]] = value(node.outputs[0]).name;
  }

  void name_codes(ValueId id) { result_.tensors[id] = model_.tensor(base_of(id) + std::string(kQuantized)); }
  std::string base_of(ValueId id) const {
    const std::string& name = value(id).name;
    return name.ends_with(kQuantized) ? name.substr(0, name.size() - kQuantized.size()) : name;
  }

  // ---- values

  std::string zero_point(const std::string& name, const ir::QuantParams& quant, ir::DType type) {
    const bool one = quant.scale.size() == 1 && quant.axis < 0;
    ir::Tensor zero(type, one ? ir::Shape{} : ir::Shape{static_cast<std::int64_t>(quant.scale.size())});
    ir::with_element_type(type, [&](auto element) {
      using T = decltype(element);
      for (T& code : zero.data<T>()) code = static_cast<T>(quant.zero_point);
    });
    return model_.constant(name + ".zero_point", zero);
  }
  std::string scale(const std::string& name, const ir::QuantParams& quant) {
    return quant.scale.size() == 1 && quant.axis < 0 ? model_.number(name + ".scale", quant.scale[0])
                                                     : model_.floats(name + ".scale", quant.scale);
  }

  /// DequantizeLinear of a constant. Its scale may be none of its own: a bias has its layer's.
  std::string write_constant_codes(const std::string& name, const ir::Tensor& codes,
                                   const ir::QuantParams& quant) {
    const std::string real = model_.tensor(name + ".dequantized");
    ir::OnnxAttributeMap map;
    if (quant.scale.size() != 1 || quant.axis >= 0) map["axis"] = std::int64_t{quant.axis};
    model_.node("DequantizeLinear", name + ".dequantize",
                {model_.constant(name, codes), scale(name, quant), zero_point(name, quant, codes.type())},
                {real}, map);
    return real;
  }

  /// The tensor that a node reads as this operand.
  std::string operand(const Node& node, std::size_t i) {
    const ValueId id = node.inputs[i];
    if (id == ir::kNoValue) return "";
    if (!value(id).constant) return real_[id];
    const bool has_bias = node.op == Op::conv || node.op == Op::gemm || node.op == Op::conv_transpose;
    if (has_bias && value(id).type == ir::DType::i32) return bias(node, i);
    if (ir::is_recurrent(node.op) && value(id).type == ir::DType::i32) return recurrent_bias(node, i);
    if (real_[id].empty())
      real_[id] = has_codes(id) ? write_constant_codes(value(id).name, *value(id).constant, *value(id).quant)
                                : model_.constant(value(id).name, *value(id).constant);
    return real_[id];
  }

  /// int32 at scale s_x s_w, channel by channel.
  std::string bias(const Node& node, std::size_t i) {
    const ir::Value& b = value(node.inputs[i]);
    ir::QuantParams quant{bias_scales(node), 0, 0};
    if (quant.scale.size() == 1) quant.axis = -1;
    return write_constant_codes(b.name, *b.constant, quant);
  }
  std::vector<float> bias_scales(const Node& node) const {
    const ir::Value &x = value(node.inputs[0]), &w = value(node.inputs[1]);
    std::vector<float> scales;
    for (const float weight_scale : w.quant->scale)
      scales.push_back(
          static_cast<float>(static_cast<double>(x.quant->scale[0]) * static_cast<double>(weight_scale)));
    return scales;
  }

  /// [Wb | Rb] at the scales of W's rows, both times; what holds Wb + Rb alone gets an Rb of zeros.
  std::string recurrent_bias(const Node& node, std::size_t i) {
    const ir::Value& b = value(node.inputs[i]);
    const std::int64_t rows = value(node.inputs[ir::recurrent_input::kW]).shape[1];
    ir::Tensor codes(ir::DType::i32, {1, 2 * rows});
    std::ranges::copy(b.constant->data<std::int32_t>(), codes.data<std::int32_t>().begin());
    const std::vector<float> scales = bias_scales(node);
    ir::QuantParams quant{{}, 0, 1};
    for (std::int64_t row = 0; row < 2 * rows; ++row)
      quant.scale.push_back(scales[scales.size() == 1 ? 0 : static_cast<std::size_t>(row % rows)]);
    return write_constant_codes(b.name, codes, quant);
  }

  /// QuantizeLinear behind the floats of a value, and DequantizeLinear for its readers.
  void write_codes(ValueId id, const std::string& from) {
    const std::string base = base_of(id), &codes = result_.tensors[id];
    const std::string s = scale(base, *value(id).quant),
                      z = zero_point(base, *value(id).quant, value(id).type);
    if (real_[id].empty()) real_[id] = model_.tensor(base + ".dequantized");
    model_.node("QuantizeLinear", base + ".quantize", {from, s, z}, {codes});
    model_.node("DequantizeLinear", base + ".dequantize", {codes, s, z}, {real_[id]});
  }

  // ---- nodes

  void write(const Node& node) {
    if (node.op == Op::quantize_linear) return write_codes(node.outputs[0], operand(node, 0));
    if (node.op == Op::dequantize_linear) return;  // stands behind its QuantizeLinear
    Outgoing out{model_, graph_, node, {}, {}};
    for (std::size_t i = 0; i < node.inputs.size(); ++i) out.inputs.push_back(operand(node, i));
    std::vector<std::string> finals;
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      const ValueId id = node.outputs[i];
      if (id == ir::kNoValue) {
        out.outputs.emplace_back(), finals.emplace_back();
        continue;
      }
      const bool clamps = i == 0 && node.clamp.active();
      if (has_codes(id)) {
        out.outputs.push_back(float_of_codes(id));
        finals.push_back(clamps ? model_.tensor(out.outputs[i] + ".clamped") : out.outputs[i]);
      } else {
        finals.push_back(real_[id]);
        out.outputs.push_back(clamps ? model_.tensor(real_[id] + ".unclamped") : real_[id]);
      }
    }
    write_operator(out);
    if (node.clamp.active()) write_clamp(node, out.outputs[0], finals[0]);
    for (std::size_t i = 0; i < node.outputs.size(); ++i)
      if (node.outputs[i] != ir::kNoValue && has_codes(node.outputs[i]))
        write_codes(node.outputs[i], finals[i]);
  }

  /// The source's name for what the operator makes, unless a graph output needs it.
  std::string float_of_codes(ValueId id) {
    const std::string base = base_of(id);
    return model_.tensor(model_.is_taken(base) ? base + ".real" : base);
  }

  void write_clamp(const Node& node, const std::string& from, const std::string& to) {
    const ir::Clamp& clamp = node.clamp;
    const bool relu = clamp.lo == 0 && clamp.hi == std::numeric_limits<float>::infinity();
    const auto end = [&](const char* name, float limit) {
      return std::isinf(limit) ? std::string() : model_.number(node.name + name, limit);
    };
    if (relu)
      model_.node("Relu", node.name + ".relu", {from}, {to});
    else
      model_.node("Clip", node.name + ".clip", {from, end(".min", clamp.lo), end(".max", clamp.hi)}, {to});
  }

  /// A graph may hand out a constant.
  void write_output(ValueId id) {
    if (value(id).constant)
      model_.node("Identity", value(id).name + ".output",
                  {model_.constant(value(id).name + ".value", *value(id).constant)},
                  {model_.tensor(value(id).name)});
    model_.output(value(id).name, value(id).type, value(id).shape);
  }

  const ir::Graph& graph_;
  ModelWriter model_;
  OnnxExport result_;
  Names real_;  // by value: the tensor that readers take
};

}  // namespace

OnnxExport export_onnx(const ir::Graph& graph) { return Exporter(graph).run(); }

std::string with_outputs(const OnnxExport& exported, const ir::Graph& graph,
                         const std::vector<ValueId>& ids) {
  onnx::ModelProto model;
  model.ParseFromString(exported.model);
  for (const ValueId id : ids)
    if (!is_graph_output(graph, id))
      describe(*model.mutable_graph()->add_output(), exported.tensors[id], graph.values[id].type,
               graph.values[id].shape);
  return model.SerializeAsString();
}

}  // namespace nnp::compiler
