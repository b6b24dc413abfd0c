// SPDX-License-Identifier: Apache-2.0
// What the chip has an operation for: one case an operator.
#include "compiler/passes/chip_capability.h"

#include <algorithm>

#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::DType;
using ir::Graph;
using ir::Node;
using ir::Op;
using ir::Shape;

/// How the device's order of elements differs from ONNX's: images swap channels and pixels; nothing else
/// differs.
struct Order {
  std::int64_t images = 1, channels = 1, pixels = 1;
  bool operator==(const Order&) const = default;
};
Order order_of(const Shape& shape) {
  if (shape.size() != 4 || shape[1] == 1 || shape[2] * shape[3] == 1) return {};  // the swap changes nothing
  return {shape[0], shape[1], shape[2] * shape[3]};
}

bool moves_only_ones(const Shape& shape, const std::vector<std::int64_t>& permutation) {
  std::vector<std::int64_t> moved;
  for (const std::int64_t axis : permutation) {
    if (shape[static_cast<std::size_t>(axis)] != 1) moved.push_back(axis);
  }
  return std::ranges::is_sorted(moved);
}

const Shape& input_shape(const Graph& graph, const Node& node, std::size_t i = 0) {
  return graph.values[node.inputs.at(i)].shape;
}

bool is_left_out(const Node& node, std::size_t i) {
  return i >= node.inputs.size() || node.inputs[i] == ir::kNoValue;
}

bool has_constant_parameters(const Graph& graph, const Node& node) {  // weights, and a bias if there is one
  return constant_input(graph, node, 1) != nullptr &&
         (is_left_out(node, 2) || constant_input(graph, node, 2) != nullptr);
}

bool is_canonical_gemm(const Graph& graph, const Node& node) {
  const auto& attributes = std::get<ir::GemmAttributes>(node.attributes);
  const bool plain =
      attributes.alpha == 1 && attributes.beta == 1 && !attributes.transpose_a && !attributes.transpose_b;
  const ir::Tensor* bias = constant_input(graph, node, 2);
  const bool bias_fits =
      bias == nullptr || static_cast<std::int64_t>(bias->size()) == input_shape(graph, node, 1)[1];
  return plain && bias_fits && has_constant_parameters(graph, node) && input_shape(graph, node).size() != 4;
}

/// Matrices, or a batch of them: the right side is an activation in device memory.
bool is_plain_matmul(const Graph& graph, const Node& node) {
  const Shape &a = input_shape(graph, node, 0), &b = input_shape(graph, node, 1);
  return (a.size() == 2 || a.size() == 3) && a.size() == b.size() && (a.size() == 2 || a[0] == b[0]) &&
         std::ranges::find(a, 0) == a.end() && std::ranges::find(b, 0) == b.end();
}

bool is_plain_lstm(const Graph& graph, const Node& node) {
  for (std::size_t i = 4; i < node.inputs.size(); ++i) {
    if (!is_left_out(node, i)) return false;
  }
  const bool only_y =
      node.outputs[0] != ir::kNoValue && std::all_of(node.outputs.begin() + 1, node.outputs.end(),
                                                     [](ir::ValueId id) { return id == ir::kNoValue; });
  return only_y && has_constant_parameters(graph, node) && constant_input(graph, node, 2) != nullptr &&
         (is_left_out(node, 3) || constant_input(graph, node, 3) != nullptr);
}

}  // namespace

bool channel_preserving(const Graph& graph, const Node& node) {
  const Shape &from = input_shape(graph, node), &to = graph.values[node.outputs.at(0)].shape;
  if (node.op == Op::transpose) {
    if (!moves_only_ones(from, std::get<ir::TransposeAttributes>(node.attributes).permutation)) return false;
  } else if (!is_reshape_like(node.op)) {
    return false;
  }
  const ir::ChannelView a = ir::channel_view(from), b = ir::channel_view(to);
  return a.pixels == b.pixels && a.channels == b.channels && order_of(from) == order_of(to);
}

bool chip_has_operation(const Graph& graph, const Node& node) {
  switch (node.op) {
    case Op::conv:
      return std::get<ir::ConvAttributes>(node.attributes).group == 1 && has_constant_parameters(graph, node);
    case Op::gemm:
      return is_canonical_gemm(graph, node);
    case Op::matmul:
      return is_plain_matmul(graph, node);
    case Op::lstm:
      return is_plain_lstm(graph, node);
    case Op::add:
    case Op::mul:
      return input_shape(graph, node, 0) == input_shape(graph, node, 1);
    case Op::clip:
      return range_of(graph, node).has_value();
    case Op::relu:
    case Op::sigmoid:
    case Op::tanh:
    case Op::max_pool:
    case Op::average_pool:
      return true;
    default:
      return channel_preserving(graph, node);
  }
}

std::optional<DType> real_type(isa::Precision precision) {
  if (precision == isa::Precision::fp32) return DType::f32;
  if (precision == isa::Precision::bf16) return DType::bf16;
  return std::nullopt;
}

namespace {

/// Everything of one type but a bias, which is f32 and a constant anyway, and the bounds of a Clip.
bool is_all(DType wanted, const Graph& graph, const Node& node) {
  const bool has_second = node.op == Op::conv || node.op == Op::gemm || node.op == Op::matmul ||
                          node.op == Op::lstm || node.op == Op::add || node.op == Op::mul;
  const std::size_t checked = node.op == Op::lstm ? 3 : has_second ? 2 : 1;
  for (std::size_t i = 0; i < checked; ++i)
    if (graph.values[node.inputs[i]].type != wanted) return false;
  return graph.values[node.outputs.at(0)].type == wanted;
}

}  // namespace

bool chip_takes_types(const Graph& graph, const Node& node, isa::Precision precision) {
  if (const auto real = real_type(precision)) return is_all(*real, graph, node);
  const auto is_code = [](DType type) {
    return type == DType::u8 || type == DType::s8 || type == DType::s16;
  };
  const auto is_8_bit = [](DType type) { return type == DType::u8 || type == DType::s8; };
  const auto type = [&](std::size_t i) { return graph.values[node.inputs[i]].type; };
  const DType in = type(0), out = graph.values[node.outputs.at(0)].type;
  switch (node.op) {
    case Op::conv:
    case Op::gemm:
    case Op::matmul:
      return is_code(in) && is_code(out) && type(1) == DType::s8;
    case Op::lstm:
      return in == DType::s16 && out == DType::s16 && type(1) == DType::s8 && type(2) == DType::s8;
    case Op::add:
    case Op::mul:
      return (is_8_bit(in) && is_8_bit(type(1)) && is_8_bit(out)) ||
             (in == DType::s16 && type(1) == DType::s16 && is_code(out));
    case Op::relu:
    case Op::clip:
      return is_8_bit(in) && is_8_bit(out);
    case Op::sigmoid:
    case Op::tanh:
      return (is_8_bit(in) && is_8_bit(out)) || (in == DType::s16 && out == DType::s16);
    default:
      return is_code(in) && in == out;
  }
}

}  // namespace nnp::compiler
