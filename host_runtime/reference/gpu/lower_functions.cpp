// SPDX-License-Identifier: Apache-2.0
// Element by element: functions, Add and Mul, and the way between codes and reals.
#include <algorithm>

#include "compiler/ir/quantized.h"
#include "host_runtime/reference/gpu/lower_blocks.h"

namespace nnp::gpu {
namespace {

Function unary_function(const Lowering& lowering, const ir::Node& node, ir::UnaryFunction function) {
  using enum ir::UnaryFunction;
  switch (function) {
    case identity:
      return Function::copy;
    case neg:
      return Function::neg;
    case abs:
      return Function::abs;
    case sqrt:
      return Function::sqrt;
    case reciprocal:
      return Function::reciprocal;
    case rsqrt:
      return Function::rsqrt;
    case exp:
      return Function::exp;
    case log:
      return Function::log;
    case erf:
      return Function::erf;
    case relu:
      return Function::relu;
    case clip:
      return Function::clip;
    case sigmoid:
      return Function::sigmoid;
    case tanh:
      return Function::tanh;
    case leaky_relu:
      return Function::leaky_relu;
    case hard_sigmoid:
      return Function::hard_sigmoid;
    case hard_swish:
      return Function::hard_swish;
    case silu:
      return Function::silu;
    case gelu:
      return Function::gelu;
    case gelu_tanh:
      return Function::gelu_tanh;
    case elu:
      return Function::elu;
    case softplus:
      return Function::softplus;
    default:
      lowering.refuse(node, "no kernel for this function");
  }
}

Function binary_function(ir::BinaryFunction function) {
  using enum ir::BinaryFunction;
  switch (function) {
    case add:
      return Function::add;
    case sub:
      return Function::sub;
    case mul:
      return Function::mul;
    case div:
      return Function::div;
    case min:
      return Function::min;
    case max:
      return Function::max;
    case pow:
      return Function::pow;
    case prelu:
      break;
  }
  return Function::prelu;
}

struct Call {
  Function function = Function::copy;
  float alpha = 0, beta = 0;
};

/// A Clip's bounds are its constant inputs 1 and 2; Node::clamp is the target's.
Call clip_call(const Lowering& lowering, const ir::Node& node) {
  Call call{Function::clip, -std::numeric_limits<float>::infinity(), std::numeric_limits<float>::infinity()};
  const auto bound = [&](std::size_t i, float otherwise) {
    if (i >= node.inputs.size() || node.inputs[i] == ir::kNoValue) return otherwise;
    const auto given = constant_floats(lowering, node, i);
    return given.empty() ? otherwise : given[0];
  };
  call.alpha = bound(1, call.alpha), call.beta = bound(2, call.beta);
  return call;
}

Call call_of(const Lowering& lowering, const ir::Node& node) {
  switch (node.op) {
    case ir::Op::relu:
      return {Function::relu};
    case ir::Op::clip:
      return clip_call(lowering, node);
    case ir::Op::sigmoid:
      return {Function::sigmoid};
    case ir::Op::tanh:
      return {Function::tanh};
    case ir::Op::add:
      return {Function::add};
    case ir::Op::mul:
      return {Function::mul};
    case ir::Op::unary: {
      const auto& a = std::get<ir::UnaryAttributes>(node.attributes);
      return {unary_function(lowering, node, a.function), a.alpha, a.beta};
    }
    case ir::Op::binary:
      return {binary_function(std::get<ir::BinaryAttributes>(node.attributes).function)};
    default:  // Cast, QuantizeLinear, DequantizeLinear: the operands' own scales say all
      return {};
  }
}

}  // namespace

void lower_function(Lowering& lowering, const ir::Node& node) {
  const Call call = call_of(lowering, node);
  std::vector<std::pair<Place, Source>> operands;
  bool last = false;
  for (std::size_t i = 0; i < static_cast<std::size_t>(gpu::operands(call.function)); ++i) {
    const Place from = lowering.place(node.inputs.at(i));
    operands.emplace_back(from, from.source());
    last = last || (from.shape == lowering.value(node.outputs[0]).shape &&
                    (is_channels_last(from) || stands_in(from, kPixelChannels)));
  }
  Place to = node.op == ir::Op::quantize_linear ? make_image_codes(lowering, node, last)
                                                : lowering.make_output(node, last);
  Target target = lowering.target(node, to);
  const bool formula = (node.op == ir::Op::add || node.op == ir::Op::mul) &&
                       lowering.codes(node.outputs[0]) && !ir::by_reals(lowering.graph(), node);
  if (formula) {  // scales over the result's, rounded once: docs/guide/numerics.md
    const ir::BinaryParams params = ir::binary_params(lowering.graph(), node);
    operands[0].second.scale = params.a.scale;
    operands[1].second.scale = params.b.scale;
    target.scale = 1;
  }
  // The channels that images of four have beside their own go along: four are one read.
  if (call.function == Function::copy && stands_in(to, kPixelChannels) &&
      stands_in(operands[0].first, kPixelChannels))
    to.shape[1] = operands[0].first.shape[1] = kPixelChannels;
  lowering.add_elementwise(call.function, std::move(operands), to, target, call.alpha, call.beta);
}

void lower_add(Lowering& lowering, const ir::Node& node) {
  const ir::Node* convolution = lowering.fused_convolution(node);
  if (!convolution) return lower_function(lowering, node);
  if (lowering.codes(node.outputs[0])) return lower_integer_convolution(lowering, *convolution, &node);
  lower_real_convolution(lowering, *convolution, &node);
}

}  // namespace nnp::gpu
