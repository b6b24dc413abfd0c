// SPDX-License-Identifier: Apache-2.0
// A graph as stable text for people and golden files. Prints broken graphs too: dangling ids appear as %id?.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compiler/ir/graph.h"

namespace nnp::ir {
namespace {

std::uint32_t checksum(std::span<const std::uint8_t> bytes) {  // FNV-1a
  std::uint32_t hash = 2166136261u;
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 16777619u;
  return hash;
}

std::string print_quant(const QuantParams& quant) {
  std::string text;
  if (quant.scale.empty()) {
    text = "scale=?";
  } else if (quant.axis < 0) {
    text = fmt::format("scale={}", quant.scale.front());
  } else {
    text = fmt::format("axis={} scale[{}]={}..", quant.axis, quant.scale.size(), quant.scale.front());
  }
  if (quant.zero_point != 0) text += fmt::format(" zero={}", quant.zero_point);
  return text;
}

std::string print_value(const Graph& graph, ValueId id) {
  if (id == kNoValue) return "-";
  if (id >= graph.values.size()) return fmt::format("%{}?", id);
  const Value& value = graph.values[id];
  std::string text =
      fmt::format("%{} '{}' {}[{}]", id, value.name, to_string(value.type), fmt::join(value.shape, ","));
  if (value.quant) text += fmt::format(" {{{}}}", print_quant(*value.quant));
  if (value.constant) text += fmt::format(" constant {:08x}", checksum(value.constant->bytes()));
  return text;
}

std::string reference(const Graph& graph, ValueId id) {
  if (id == kNoValue) return "-";
  return fmt::format("%{}{}", id, id < graph.values.size() ? "" : "?");
}

struct AttributePrinter {
  std::string operator()(const std::monostate&) const { return ""; }
  std::string operator()(const ConvAttributes& a) const {
    return fmt::format(" kernel={}x{} strides={}x{} dilations={}x{} pads={},{},{},{} group={}", a.kernel[0],
                       a.kernel[1], a.strides[0], a.strides[1], a.dilations[0], a.dilations[1], a.pads[0],
                       a.pads[1], a.pads[2], a.pads[3], a.group);
  }
  std::string operator()(const PoolAttributes& a) const {
    return fmt::format(" kernel={}x{} strides={}x{} pads={},{},{},{}{}{}", a.kernel[0], a.kernel[1],
                       a.strides[0], a.strides[1], a.pads[0], a.pads[1], a.pads[2], a.pads[3],
                       a.ceil_mode ? " ceil_mode" : "", a.count_include_pad ? " count_include_pad" : "");
  }
  std::string operator()(const GemmAttributes& a) const {
    std::string text;
    if (a.alpha != 1) text += fmt::format(" alpha={}", a.alpha);
    if (a.beta != 1) text += fmt::format(" beta={}", a.beta);
    if (a.transpose_a) text += " transpose_a";
    if (a.transpose_b) text += " transpose_b";
    return text;
  }
  std::string operator()(const LstmAttributes& a) const {
    return fmt::format(" hidden_size={}", a.hidden_size) +
           (a.cell_scale != 0 ? fmt::format(" cell_scale={}", a.cell_scale) : "") +
           (a.reverse ? " reverse" : "");
  }
  std::string operator()(const TransposeAttributes& a) const {
    return fmt::format(" permutation={}", fmt::join(a.permutation, ","));
  }
  std::string operator()(const AxisAttributes& a) const { return fmt::format(" axis={}", a.axis); }
  std::string operator()(const UnaryAttributes& a) const {
    return a.alpha != 0 || a.beta != 0 ? fmt::format(" alpha={} beta={}", a.alpha, a.beta) : "";
  }
  std::string operator()(const BinaryAttributes&) const { return ""; }
  std::string operator()(const ReduceAttributes& a) const {
    return fmt::format(" axes={}{}", fmt::join(a.axes, ","), a.keepdims ? " keepdims" : "");
  }
  std::string operator()(const SliceAttributes& a) const {
    return fmt::format(" starts={} steps={}", fmt::join(a.starts, ","), fmt::join(a.steps, ","));
  }
  std::string operator()(const PadAttributes& a) const {
    static constexpr const char* kModes[] = {"constant", "reflect", "edge"};
    return fmt::format(" {} begin={} end={} value={}", kModes[static_cast<std::size_t>(a.mode)],
                       fmt::join(a.begin, ","), fmt::join(a.end, ","), a.value);
  }
  std::string operator()(const ResizeAttributes& a) const {
    static constexpr const char* kModes[] = {"nearest", "linear", "cubic"};
    static constexpr const char* kCoordinates[] = {"half_pixel", "pytorch_half_pixel", "align_corners",
                                                   "asymmetric", "tf_crop_and_resize"};
    static constexpr const char* kRoundings[] = {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"};
    return fmt::format(" {} {} {} scales={}", kModes[static_cast<std::size_t>(a.mode)],
                       kCoordinates[static_cast<std::size_t>(a.coordinates)],
                       kRoundings[static_cast<std::size_t>(a.rounding)], fmt::join(a.scales, ","));
  }
  std::string operator()(const ConvTransposeAttributes& a) const {
    return fmt::format(
        " kernel={}x{} strides={}x{} dilations={}x{} pads={},{},{},{} output_padding={},{} group={}",
        a.kernel[0], a.kernel[1], a.strides[0], a.strides[1], a.dilations[0], a.dilations[1], a.pads[0],
        a.pads[1], a.pads[2], a.pads[3], a.output_padding[0], a.output_padding[1], a.group);
  }
  std::string operator()(const LrnAttributes& a) const {
    return fmt::format(" size={} alpha={} beta={} bias={}", a.size, a.alpha, a.beta, a.bias);
  }
  std::string operator()(const NormalizationAttributes& a) const {
    return fmt::format(" axis={} epsilon={}", a.axis, a.epsilon);
  }
  std::string operator()(const RecurrentAttributes& a) const {
    return fmt::format(" hidden_size={}{}{}", a.hidden_size, a.reverse ? " reverse" : "",
                       a.linear_before_reset ? " linear_before_reset" : "");
  }
  std::string operator()(const OnnxAttributes& a) const {
    return fmt::format(" opset={} attributes={:08x}", a.opset, checksum(a.attributes));
  }
};

std::string print_node(const Graph& graph, const Node& node) {
  std::string inputs, outputs;
  for (const ValueId id : node.inputs) inputs += (inputs.empty() ? "" : ", ") + reference(graph, id);
  for (const ValueId id : node.outputs) outputs += (outputs.empty() ? "" : ", ") + print_value(graph, id);
  std::string text = fmt::format("  {} = {}({}) '{}'", outputs, operator_name(node), inputs, node.name);
  text += std::visit(AttributePrinter{}, node.attributes);
  if (node.clamp.active()) text += fmt::format(" clamp=[{},{}]", node.clamp.lo, node.clamp.hi);
  if (node.on_host) text += " on_host";
  return text + "\n";
}

}  // namespace

std::string print(const Graph& graph) {
  std::string text = fmt::format("graph '{}'\n", graph.name);
  for (const ValueId id : graph.inputs) text += fmt::format("  input {}\n", print_value(graph, id));
  for (ValueId id = 0; id < graph.values.size(); ++id) {
    if (graph.values[id].constant) text += fmt::format("  {}\n", print_value(graph, id));
  }
  for (const Node& node : graph.nodes) text += print_node(graph, node);
  for (const ValueId id : graph.outputs) text += fmt::format("  output {}\n", reference(graph, id));
  return text;
}

}  // namespace nnp::ir
