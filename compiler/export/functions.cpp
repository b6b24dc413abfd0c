// SPDX-License-Identifier: Apache-2.0
// Functions of one element and of two, reductions, Softmax. Functions that ONNX has no operator for up to set
// 17 are written in the parts that passes/recognise_activations puts together again.
#include <cmath>
#include <numbers>

#include "compiler/export/operators.h"

namespace nnp::compiler {
namespace {

using ir::UnaryFunction;

/// x (1 + Erf(x / sqrt 2)) / 2, or x (1 + Tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2.
void write_gelu(const Outgoing& o, bool by_tanh) {
  const std::string& x = o.inputs[0];
  std::string inner;
  if (by_tanh) {
    const std::string square = o.step("Mul", ".square", {x, x}), cube = o.step("Mul", ".cube", {square, x});
    const std::string part = o.step("Mul", ".part", {cube, o.number(".k3", 0.044715f)}),
                      sum = o.step("Add", ".sum", {x, part});
    const auto k = static_cast<float>(std::sqrt(2 / std::numbers::pi));
    inner = o.step("Tanh", ".tanh", {o.step("Mul", ".argument", {sum, o.number(".k", k)})});
  } else {
    const auto k = static_cast<float>(std::numbers::sqrt2);
    inner = o.step("Erf", ".erf", {o.step("Div", ".argument", {x, o.number(".k", k)})});
  }
  const std::string gate = o.step("Add", ".gate", {inner, o.number(".one", 1)}),
                    twice = o.step("Mul", ".twice", {x, gate});
  o.last("Mul", {twice, o.number(".half", 0.5f)});
}

/// ReduceSum since operator set 13, the others since 18.
bool has_axes_input(const Outgoing& o, ir::ReduceFunction function) {
  return function == ir::ReduceFunction::sum || o.model.opset() >= 18;
}

}  // namespace

void write_unary(const Outgoing& o) {
  const auto& a = o.attributes<ir::UnaryAttributes>();
  const std::string& x = o.inputs[0];
  switch (a.function) {
    case UnaryFunction::rsqrt:
      return o.last("Reciprocal", {o.step("Sqrt", ".sqrt", {x})});
    case UnaryFunction::silu:
      return o.last("Mul", {x, o.step("Sigmoid", ".gate", {x})});
    case UnaryFunction::hard_swish: {
      const ir::OnnxAttributeMap sixth{{"alpha", 1.0f / 6}, {"beta", 0.5f}};
      return o.last("Mul", {x, o.step("HardSigmoid", ".gate", {x}, sixth)});
    }
    case UnaryFunction::gelu:
      return write_gelu(o, false);
    case UnaryFunction::gelu_tanh:
      return write_gelu(o, true);
    case UnaryFunction::leaky_relu:
    case UnaryFunction::elu:
    case UnaryFunction::celu:
    case UnaryFunction::thresholded_relu:
      return o.as(ir::onnx_name(a.function), {{"alpha", a.alpha}});
    case UnaryFunction::hard_sigmoid:
      return o.as("HardSigmoid", {{"alpha", a.alpha}, {"beta", a.beta}});
    case UnaryFunction::selu:
      return o.as("Selu", {{"alpha", a.alpha}, {"gamma", a.beta}});
    case UnaryFunction::clip:
      return o.last("Clip", {x, o.number(".min", a.alpha), o.number(".max", a.beta)});
    default:
      return o.as(ir::onnx_name(a.function));
  }
}

void write_binary(const Outgoing& o) { o.as(ir::onnx_name(o.attributes<ir::BinaryAttributes>().function)); }

void write_reduce(const Outgoing& o) {
  const auto& a = o.attributes<ir::ReduceAttributes>();
  const std::int64_t keepdims = a.keepdims;
  if (a.axes.empty() && a.function != ir::ReduceFunction::sum) o.refuse("reduces no axis");
  if (has_axes_input(o, a.function))
    return o.last(ir::onnx_name(a.function), {o.inputs[0], o.integers(".axes", a.axes)},
                  {{"keepdims", keepdims}, {"noop_with_empty_axes", std::int64_t{1}}});
  o.as(ir::onnx_name(a.function), {{"axes", a.axes}, {"keepdims", keepdims}});
}

void write_softmax(const Outgoing& o) {
  const ir::OnnxAttributeMap axis{{"axis", o.attributes<ir::AxisAttributes>().axis}};
  if (!o.has(1)) return o.last("Softmax", {o.inputs[0]}, axis);
  o.last("Softmax", {o.step("Add", ".masked", {o.inputs[0], o.inputs[1]})}, axis);
}

}  // namespace nnp::compiler
