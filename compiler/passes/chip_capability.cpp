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

/// Floats, or codes of them; plain integers and flags are the host's.
bool has_real_operands(const Graph& graph, const Node& node) {
  const auto is_real = [&](ir::ValueId id) {
    const ir::Value& value = graph.values[id];
    return value.type == DType::f32 || value.type == DType::bf16 || value.quant.has_value();
  };
  const bool has_two = node.op == Op::add || node.op == Op::mul || node.op == Op::binary;
  return is_real(node.inputs.at(0)) && (!has_two || is_real(node.inputs.at(1)));
}

bool is_plain_lstm(const Graph& graph, const Node& node) {
  for (std::size_t i = 4; i < node.inputs.size(); ++i) {
    if (!is_left_out(node, i)) return false;
  }
  const bool only_y =
      node.outputs[0] != ir::kNoValue && std::all_of(node.outputs.begin() + 1, node.outputs.end(),
                                                     [](ir::ValueId id) { return id == ir::kNoValue; });
  return only_y && !std::get<ir::LstmAttributes>(node.attributes).reverse &&
         has_constant_parameters(graph, node) && constant_input(graph, node, 2) != nullptr &&
         (is_left_out(node, 3) || constant_input(graph, node, 3) != nullptr);
}

}  // namespace

bool chip_has_operation(const Graph& graph, const Node& node) {
  if (node.op == Op::onnx || !has_real_operands(graph, node)) return false;
  switch (node.op) {
    case Op::conv:
      return std::get<ir::ConvAttributes>(node.attributes).group == 1 && has_constant_parameters(graph, node);
    case Op::gemm:
      return is_canonical_gemm(graph, node);
    case Op::lstm:
      return is_plain_lstm(graph, node);
    case Op::max_pool:
    case Op::average_pool:
      return true;
    default:
      return vector_has_operation(graph, node);
  }
}

bool chip_takes_types(const Graph& graph, const Node& node) {
  const auto is_code = [](DType type) {
    return type == DType::u8 || type == DType::s8 || type == DType::s16;
  };
  const auto is_constant = [&](std::size_t i) { return graph.values[node.inputs[i]].constant.has_value(); };
  const auto type = [&](std::size_t i) { return graph.values[node.inputs[i]].type; };
  const DType in = type(0), out = graph.values[node.outputs.at(0)].type;
  switch (node.op) {
    case Op::conv:
    case Op::gemm:
      return is_code(in) && is_code(out) && type(1) == DType::s8;
    case Op::lstm:
      return in == DType::s16 && out == DType::s16 && type(1) == DType::s8 && type(2) == DType::s8;
    case Op::add:
    case Op::mul:
    case Op::binary:
      return is_code(out) && (is_code(in) || is_constant(0)) && (is_code(type(1)) || is_constant(1));
    case Op::relu:
    case Op::clip:
    case Op::sigmoid:
    case Op::tanh:
    case Op::unary:
    case Op::reduce:
    case Op::layer_normalization:
    case Op::instance_normalization:
    case Op::lrn:
      return is_code(in) && is_code(out);
    case Op::softmax:
      return is_code(in) && is_code(out) && (node.inputs.size() < 2 || is_code(type(1)) || is_constant(1));
    case Op::concat:
      return is_code(out) && std::all_of(node.inputs.begin(), node.inputs.end(),
                                         [&](ir::ValueId id) { return graph.values[id].type == out; });
    default:
      return is_code(in) && in == out;
  }
}

}  // namespace nnp::compiler
