// SPDX-License-Identifier: Apache-2.0
#include "compiler/ir/vector_functions.h"

#include <algorithm>

namespace nnp::ir {
namespace {

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
    case Op::cast:
      return UnaryCall{UnaryFunction::identity};
    case Op::relu:
      return UnaryCall{UnaryFunction::relu};
    case Op::sigmoid:
      return UnaryCall{UnaryFunction::sigmoid};
    case Op::tanh:
      return UnaryCall{UnaryFunction::tanh};
    case Op::clip: {
      const auto lo = bound(graph, node, 1, node.clamp.lo), hi = bound(graph, node, 2, node.clamp.hi);
      if (!lo || !hi) return std::nullopt;
      return UnaryCall{UnaryFunction::clip, std::max(*lo, node.clamp.lo), std::min(*hi, node.clamp.hi)};
    }
    case Op::unary: {
      const auto& attributes = std::get<UnaryAttributes>(node.attributes);
      return UnaryCall{attributes.function, attributes.alpha, attributes.beta};
    }
    default:
      return std::nullopt;
  }
}

std::optional<numerics::BinaryFunction> binary_call(const Node& node) {
  if (node.op == Op::add) return BinaryFunction::add;
  if (node.op == Op::mul) return BinaryFunction::mul;
  if (node.op != Op::binary) return std::nullopt;
  return std::get<BinaryAttributes>(node.attributes).function;
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
