// SPDX-License-Identifier: Apache-2.0
// What the chip has an operation for: one case an operator.
#include "compiler/passes/chip_capability.h"

#include <algorithm>

#include "compiler/ir/recurrent.h"
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

/// Matrices, or a batch of them: the right side is an activation in device memory.
bool is_plain_matmul(const Graph& graph, const Node& node) {
  const Shape &a = input_shape(graph, node, 0), &b = input_shape(graph, node, 1);
  return (a.size() == 2 || a.size() == 3) && a.size() == b.size() && (a.size() == 2 || a[0] == b[0]) &&
         std::ranges::find(a, 0) == a.end() && std::ranges::find(b, 0) == b.end();
}

bool has_elements(const Graph& graph, const Node& node) {
  const auto is_empty = [&](ir::ValueId id) {
    return id != ir::kNoValue && ir::element_count(graph.values[id].shape) == 0;
  };
  return std::ranges::none_of(node.inputs, is_empty) && std::ranges::none_of(node.outputs, is_empty);
}

}  // namespace

bool chip_has_operation(const Graph& graph, const Node& node) {
  if (node.op == Op::onnx || !has_elements(graph, node) || !has_real_operands(graph, node)) return false;
  switch (node.op) {
    case Op::conv:
      return has_constant_parameters(graph, node);
    case Op::gemm:
      return is_canonical_gemm(graph, node);
    case Op::matmul:
      return is_plain_matmul(graph, node);
    case Op::lstm:
    case Op::gru:
    case Op::rnn:
      return recurrent_has_operation(graph, node);
    case Op::max_pool:
    case Op::average_pool:
      return true;
    default:
      return vector_has_operation(graph, node);
  }
}

std::optional<DType> real_type(isa::Precision precision) {
  if (precision == isa::Precision::fp32) return DType::f32;
  if (precision == isa::Precision::bf16) return DType::bf16;
  return std::nullopt;
}

namespace {

/// Everything of one type but a bias, the bounds of a Clip, and constants that the vector unit takes as
/// floats.
bool is_all(DType wanted, const Graph& graph, const Node& node) {
  const auto fits = [&](std::size_t i, bool may_be_constant) {
    const ir::Value& value = graph.values[node.inputs[i]];
    return value.type == wanted || (may_be_constant && value.constant && value.type == DType::f32);
  };
  std::size_t checked = 1;
  bool constants = false;
  switch (node.op) {
    case Op::lstm:
    case Op::gru:
    case Op::rnn:
      return recurrent_takes_types(graph, node, wanted, wanted);
    case Op::conv:
    case Op::gemm:
    case Op::matmul:
      checked = 2;
      break;
    case Op::add:
    case Op::mul:
    case Op::binary:
      checked = 2, constants = true;
      break;
    case Op::softmax:
      checked = std::min<std::size_t>(node.inputs.size(), 2), constants = true;
      break;
    case Op::concat:
      checked = node.inputs.size();
      break;
    default:
      break;
  }
  for (std::size_t i = 0; i < checked; ++i)
    if (node.inputs[i] != ir::kNoValue && !fits(i, constants)) return false;
  return graph.values[node.outputs.at(0)].type == wanted;
}

}  // namespace

bool chip_takes_types(const Graph& graph, const Node& node, isa::Precision precision) {
  if (const auto real = real_type(precision)) return is_all(*real, graph, node);
  const auto is_code = [](DType type) {
    return type == DType::u8 || type == DType::s8 || type == DType::s16;
  };
  const auto is_constant = [&](std::size_t i) { return graph.values[node.inputs[i]].constant.has_value(); };
  const auto type = [&](std::size_t i) { return graph.values[node.inputs[i]].type; };
  if (ir::is_recurrent(node.op)) return recurrent_takes_types(graph, node, DType::s16, DType::s8);
  const DType in = type(0), out = graph.values[node.outputs.at(0)].type;
  switch (node.op) {
    case Op::conv:
    case Op::gemm:
    case Op::matmul:
      return is_code(in) && is_code(out) && type(1) == DType::s8;
    case Op::add:
    case Op::mul:
    case Op::binary:
      return is_code(out) && (is_code(in) || is_constant(0)) && (is_code(type(1)) || is_constant(1));
    case Op::relu:
    case Op::clip:
    case Op::sigmoid:
    case Op::tanh:
    case Op::cast:
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
