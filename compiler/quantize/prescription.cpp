// SPDX-License-Identifier: Apache-2.0
// What a network's own QuantizeLinear and DequantizeLinear nodes say of its values.
#include "compiler/quantize/prescription.h"

#include <algorithm>
#include <cmath>

#include "compiler/ir/quantized.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::Graph;
using ir::Node;
using ir::Op;
using ir::ValueId;

CodeFormat format_of(const ir::Value& codes) {
  CodeFormat format{codes.type, *codes.quant};
  if (codes.type != ir::DType::s8) return format;
  format.type = ir::DType::u8;
  format.params.zero_point += 128;
  return format;
}

/// Whether the padding is a code's real value, so that padding codes is padding reals.
bool pads_with_a_code(const Node& node, const CodeFormat& format) {
  const double steps = static_cast<double>(std::get<ir::PadAttributes>(node.attributes).value) /
                       static_cast<double>(format.params.scale[0]);
  const double lowest = format.type == ir::DType::s16 ? -32768 : 0,
               count = format.type == ir::DType::s16 ? 65535 : 255;
  const double code = steps + format.params.zero_point;
  return steps == std::nearbyint(steps) && code >= lowest && code <= lowest + count;
}

class Reader {
 public:
  explicit Reader(const Graph& graph) : graph_(graph), uses_(use_counts(graph)), makers_(producers(graph)) {
    result_.values.resize(graph.values.size());
  }

  Prescription run() {
    for (const Node& node : graph_.nodes) {
      if (node.op == Op::dequantize_linear)
        result_.values[node.outputs[0]] = format_of(graph_.values[node.inputs[0]]);
    }
    for (const Node& node : graph_.nodes) {
      if (node.op == Op::quantize_linear && is_only_quantised(node))
        result_.values[node.inputs[0]] = format_of(graph_.values[node.outputs[0]]);
    }
    for (bool changed = true; changed;) {
      changed = false;
      for (const Node& node : graph_.nodes)
        if (keeps_codes(node)) changed |= spread(node);
    }
    return std::move(result_);
  }

 private:
  bool is_made(ValueId id) const { return makers_[id] != kNoNode; }

  /// By this node, or others of the same format.
  bool is_only_quantised(const Node& quantise) const {
    const ValueId x = quantise.inputs[0];
    if (!is_made(x) || is_graph_output(graph_, x)) return false;
    const CodeFormat format = format_of(graph_.values[quantise.outputs[0]]);
    return std::ranges::all_of(graph_.nodes, [&](const Node& node) {
      return std::ranges::find(node.inputs, x) == node.inputs.end() ||
             (node.op == Op::quantize_linear && format_of(graph_.values[node.outputs[0]]) == format);
    });
  }

  bool spread(const Node& node) {
    auto& result = result_.values[node.outputs[0]];
    bool changed = false;
    const std::size_t operands = node.op == Op::concat ? node.inputs.size() : 1;
    if (!result) {
      const auto& first = result_.values[node.inputs[0]];
      bool all = first.has_value() && (node.op != Op::pad || pads_with_a_code(node, *first));
      for (std::size_t i = 1; i < operands; ++i) all = all && result_.values[node.inputs[i]] == first;
      if (all) result = first, changed = true;
    }
    for (std::size_t i = 0; result && i < operands; ++i) {
      const ValueId id = node.inputs[i];
      if (result_.values[id] || !is_made(id) || uses_[id] != 1) continue;
      result_.values[id] = result, changed = true;
    }
    return changed;
  }

  const Graph& graph_;
  std::vector<std::size_t> uses_, makers_;
  Prescription result_;
};

}  // namespace

bool keeps_codes(const Node& node) {
  switch (node.op) {
    case Op::transpose:
    case Op::slice:
    case Op::expand:
    case Op::concat:
    case Op::pad:
    case Op::max_pool:
      return true;
    case Op::resize:
      return std::get<ir::ResizeAttributes>(node.attributes).mode == ir::ResizeMode::nearest;
    default:
      return is_reshape_like(node.op);
  }
}

bool fits_product(const CodeFormat& format, std::size_t operand) {
  if (format.type != ir::DType::u8) return false;
  return format.params.zero_point == 128 || (operand == 0 && format.params.zero_point == 0);
}

bool has_prescription(const Graph& graph) {
  return std::ranges::any_of(graph.nodes, [](const Node& node) { return node.op == Op::dequantize_linear; });
}

Prescription read_prescription(const Graph& graph) { return Reader(graph).run(); }

std::optional<std::vector<float>> prescribed_weight_scales(const Graph& graph, const Node& node) {
  const ir::Value& weights = graph.values[node.inputs.at(1)];
  const std::int32_t axis = node.op == Op::conv ? 0 : 1;
  if ((node.op != Op::conv && node.op != Op::gemm) || !weights.constant || !weights.quant)
    return std::nullopt;
  if (weights.quant->axis >= 0 && weights.quant->axis != axis) return std::nullopt;
  const auto channels = static_cast<std::size_t>(weights.shape[static_cast<std::size_t>(axis)]);
  std::vector<float> scales = weights.quant->scale;
  if (scales.size() == 1) scales.resize(channels, scales[0]);
  std::size_t inner = 1;
  for (std::size_t i = static_cast<std::size_t>(axis) + 1; i < weights.shape.size(); ++i)
    inner *= static_cast<std::size_t>(weights.shape[i]);
  const auto reals = weights.constant->data<float>();
  for (std::size_t i = 0; i < reals.size(); ++i) {
    const double code = static_cast<double>(reals[i]) / static_cast<double>(scales[i / inner % channels]);
    if (code < -128.25 || code > 127.25 || std::abs(code - std::nearbyint(code)) > 1e-3) return std::nullopt;
  }
  return scales;
}

std::optional<std::vector<std::int32_t>> prescribed_bias(const Graph& graph, const Node& node,
                                                         double input_scale,
                                                         const std::vector<float>& weight_scales) {
  if (node.inputs.size() < 3 || node.inputs[2] == ir::kNoValue) return std::nullopt;
  const std::string name = ir::codes_name(graph.values[node.inputs[2]].name);
  const auto found =
      std::ranges::find_if(graph.values, [&](const ir::Value& value) { return value.name == name; });
  if (found == graph.values.end() || !found->constant || !found->quant ||
      found->constant->size() != weight_scales.size())
    return std::nullopt;
  const std::vector<float>& scales = found->quant->scale;
  for (std::size_t n = 0; n < weight_scales.size(); ++n) {
    const double wanted = input_scale * static_cast<double>(weight_scales[n]);
    const double given = static_cast<double>(scales[scales.size() == 1 ? 0 : n]);
    constexpr double kRoundings = 1e-6;  // of products in float32
    if (std::abs(given - wanted) > kRoundings * wanted) return std::nullopt;
  }
  const auto codes = found->constant->data<std::int32_t>();
  return std::vector<std::int32_t>(codes.begin(), codes.end());
}

}  // namespace nnp::compiler
