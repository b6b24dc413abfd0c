// SPDX-License-Identifier: Apache-2.0
#include "compiler/ir/vector_functions.h"

namespace nnp::ir {
namespace {

using Unit = numerics::UnaryFunction;

std::optional<Unit> unit_function(UnaryFunction function) {
  switch (function) {
    case UnaryFunction::neg:
      return Unit::neg;
    case UnaryFunction::abs:
      return Unit::abs;
    case UnaryFunction::sqrt:
      return Unit::sqrt;
    case UnaryFunction::exp:
      return Unit::exp;
    case UnaryFunction::log:
      return Unit::log;
    case UnaryFunction::erf:
      return Unit::erf;
    case UnaryFunction::reciprocal:
      return Unit::reciprocal;
    case UnaryFunction::sign:
      return Unit::sign;
    case UnaryFunction::floor:
      return Unit::floor;
    case UnaryFunction::ceil:
      return Unit::ceil;
    case UnaryFunction::round:
      return Unit::round;
    case UnaryFunction::leaky_relu:
      return Unit::leaky_relu;
    case UnaryFunction::hard_sigmoid:
      return Unit::hard_sigmoid;
    case UnaryFunction::hard_swish:
      return Unit::hard_swish;
    case UnaryFunction::silu:
      return Unit::silu;
    case UnaryFunction::gelu:
      return Unit::gelu;
    case UnaryFunction::gelu_tanh:
      return Unit::gelu_tanh;
    case UnaryFunction::elu:
      return Unit::elu;
    case UnaryFunction::selu:
      return Unit::selu;
    case UnaryFunction::celu:
      return Unit::celu;
    case UnaryFunction::softplus:
      return Unit::softplus;
    case UnaryFunction::softsign:
      return Unit::softsign;
    case UnaryFunction::thresholded_relu:
      return Unit::thresholded_relu;
    default:
      return std::nullopt;
  }
}

/// A Clip's constant bound, or what stands for none.
std::optional<float> bound(const Graph& graph, const Node& node, std::size_t input, float none) {
  if (input >= node.inputs.size() || node.inputs[input] == kNoValue) return none;
  const auto& constant = graph.values[node.inputs[input]].constant;
  if (!constant || constant->size() != 1 || constant->type() != DType::f32) return std::nullopt;
  return constant->data<float>()[0];
}

}  // namespace

std::optional<UnaryCall> unary_call(const Graph& graph, const Node& node) {
  switch (node.op) {
    case Op::relu:
      return UnaryCall{Unit::relu};
    case Op::sigmoid:
      return UnaryCall{Unit::sigmoid};
    case Op::tanh:
      return UnaryCall{Unit::tanh};
    case Op::clip: {
      const auto lo = bound(graph, node, 1, node.clamp.lo), hi = bound(graph, node, 2, node.clamp.hi);
      if (!lo || !hi) return std::nullopt;
      return UnaryCall{Unit::clip, std::max(*lo, node.clamp.lo), std::min(*hi, node.clamp.hi)};
    }
    case Op::unary: {
      const auto& attributes = std::get<UnaryAttributes>(node.attributes);
      const auto function = unit_function(attributes.function);
      if (!function) return std::nullopt;
      return UnaryCall{*function, attributes.alpha, attributes.beta};
    }
    default:
      return std::nullopt;
  }
}

std::optional<numerics::BinaryFunction> binary_call(const Node& node) {
  using Unit2 = numerics::BinaryFunction;
  if (node.op == Op::add) return Unit2::add;
  if (node.op == Op::mul) return Unit2::mul;
  if (node.op != Op::binary) return std::nullopt;
  switch (std::get<BinaryAttributes>(node.attributes).function) {
    case BinaryFunction::sub:
      return Unit2::sub;
    case BinaryFunction::div:
      return Unit2::div;
    case BinaryFunction::pow:
      return Unit2::pow;
    case BinaryFunction::min:
      return Unit2::min;
    case BinaryFunction::max:
      return Unit2::max;
    case BinaryFunction::prelu:
      return Unit2::prelu;
  }
  return std::nullopt;
}

std::optional<ReduceCall> reduce_call(const Node& node) {
  using numerics::Reduction;
  switch (std::get<ReduceAttributes>(node.attributes).function) {
    case ReduceFunction::mean:
      return ReduceCall{Reduction::sum, true};
    case ReduceFunction::sum:
      return ReduceCall{Reduction::sum};
    case ReduceFunction::max:
      return ReduceCall{Reduction::max};
    case ReduceFunction::min:
      return ReduceCall{Reduction::min};
    case ReduceFunction::prod:
      return ReduceCall{Reduction::prod};
    case ReduceFunction::l1:
      return ReduceCall{Reduction::sum_abs};
    case ReduceFunction::sum_square:
      return ReduceCall{Reduction::sum_square};
    default:
      return std::nullopt;
  }
}

}  // namespace nnp::ir
