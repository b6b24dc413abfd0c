// SPDX-License-Identifier: Apache-2.0
// Activations, Add and Mul of floats and codes; BatchNormalization, which exists in float only.
#include <fmt/format.h>

#include <cmath>

#include "compiler/ir/quantized.h"
#include "host_runtime/reference/naive/broadcast.h"
#include "host_runtime/reference/naive/codes.h"
#include "host_runtime/reference/naive/operators.h"
#include "isa/numerics/functions.h"

namespace nnp::reference::naive {
namespace {

std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }

void need_same_count(const Operands& node) {
  if (node.input(0).size() != size(ir::element_count(node.output_value().shape)))
    node.fail(fmt::format("input {} and output {} differ", to_text(node.input(0).shape()),
                          to_text(node.output_value().shape)));
}

/// Clip's bounds are its second and third input (constants or not), each optional.
ir::Clamp clip_bounds(const Operands& node) {
  ir::Clamp bounds;
  const auto read = [&](std::size_t input, float& bound) {
    if (!node.has(input)) return;
    if (node.input(input).size() != 1) node.fail("a bound must be one number");
    bound = node.data<float>(input)[0];
  };
  read(1, bounds.lo), read(2, bounds.hi);
  return bounds;
}

numerics::UnaryFunction function_of(const Operands& node) {
  switch (node.node().op) {
    case ir::Op::relu:
      return numerics::UnaryFunction::relu;
    case ir::Op::clip:
      return numerics::UnaryFunction::clip;
    case ir::Op::sigmoid:
      return numerics::UnaryFunction::sigmoid;
    case ir::Op::tanh:
      return numerics::UnaryFunction::tanh;
    default:
      node.fail("not an activation");
  }
}

void run_activation_float(Call& call) {
  const ir::Clamp bounds = call.node().op == ir::Op::clip ? clip_bounds(call) : ir::Clamp{};
  const auto x = call.data<float>(0);
  const auto y = call.output_data<float>();
  numerics::unary(function_of(call), x.data(), y.data(), x.size(), bounds.lo, bounds.hi);
}

void run_activation_table8(Call& call) {
  if (ir::size_of(call.output_value().type) != 1) call.fail("8-bit codes need an 8-bit result");
  const std::vector<std::uint8_t> table = ir::table8(call.graph(), call.node());
  const auto x = call.input(0).bytes();
  const auto y = call.output().bytes();
  numerics::lookup8<std::uint8_t, std::uint8_t>(x.data(), table.data(), y.data(), x.size());
}

void run_activation_table16(Call& call) {
  const ir::Op op = call.node().op;
  if (op != ir::Op::sigmoid && op != ir::Op::tanh) call.fail("16-bit codes have Sigmoid and Tanh only");
  if (call.output_value().type != ir::DType::s16) call.fail("16-bit codes need a 16-bit result");
  const auto& in = call.input_value(0).quant;
  const auto& out = call.output_value().quant;
  if (!in || !out || in->scale.size() != 1 || out->scale.size() != 1) call.fail("one scale each is needed");
  const auto table = ir::table16(op == ir::Op::tanh ? ir::Function16::tanh : ir::Function16::sigmoid,
                                 static_cast<double>(in->scale[0]), static_cast<double>(out->scale[0]));
  const auto x = call.data<std::int16_t>(0);
  const auto y = call.output_data<std::int16_t>();
  numerics::lookup16(x.data(), table.data(), y.data(), x.size());
}

void run_binary_integer(Call& call, const ir::Shape& shape) {
  const ir::BinaryParams params = ir::binary_params(call.graph(), call.node());
  const numerics::OutputRange range = ir::output_range(call.graph(), call.node());
  with_code_type(call.input(0).type(), [&](auto left) {
    with_code_type(call.input(1).type(), [&](auto right) {
      with_code_type(call.output_value().type, [&](auto result) {
        using A = decltype(left);
        using B = decltype(right);
        using Y = decltype(result);
        const std::vector<A> a = expanded(call.data<A>(0), call.input(0).shape(), shape);
        const std::vector<B> b = expanded(call.data<B>(1), call.input(1).shape(), shape);
        const auto function =
            call.node().op == ir::Op::add ? &numerics::add<A, B, Y> : &numerics::mul<A, B, Y>;
        function(a.data(), params.a, b.data(), params.b, call.output_data<Y>().data(), a.size(), range);
      });
    });
  });
}

}  // namespace

void run_activation(Call& call) {
  need_same_count(call);
  const ir::DType type = call.input(0).type();
  if (type == ir::DType::f32) return run_activation_float(call);
  if (!call.input_value(0).quant) return run_activation_typed(call);
  type == ir::DType::s16 ? run_activation_table16(call) : run_activation_table8(call);
}

void run_binary(Call& call) {
  const ir::Shape& shape = call.output_value().shape;
  if (broadcast_shape(call.input(0).shape(), call.input(1).shape()) != shape)
    call.fail(fmt::format("{} and {} do not give {}", to_text(call.input(0).shape()),
                          to_text(call.input(1).shape()), to_text(shape)));
  const bool codes = call.input_value(0).quant.has_value();
  if (codes != call.input_value(1).quant.has_value() || codes != call.output_value().quant.has_value())
    call.fail("mixes float and codes");
  codes ? run_binary_integer(call, shape) : run_binary_typed(call);
}

/// y = scale * (x - mean) / sqrt(variance) + shift, per channel (axis 1). The graph has no epsilon: the
/// variance holds it.
void run_batch_normalization(Call& call) {
  if (call.input(0).type() != ir::DType::f32)
    call.fail("codes cannot be normalised: fold it into the Conv before");
  need_same_count(call);
  const ir::Shape& shape = call.input(0).shape();
  if (shape.size() < 2) call.fail(fmt::format("{} has no channel axis", to_text(shape)));
  const std::size_t channels = size(shape[1]);
  for (std::size_t i = 1; i < 5; ++i)
    if (call.input(i).size() != channels)
      call.fail(fmt::format("input {} must have {} elements", i, channels));
  const auto x = call.data<float>(0), scale = call.data<float>(1), shift = call.data<float>(2),
             mean = call.data<float>(3), variance = call.data<float>(4);
  const auto y = call.output_data<float>();
  const std::size_t inner = size(ir::element_count({shape.begin() + 2, shape.end()}));
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto of_channel = [c = i / inner % channels](std::span<const float> v) {
      return static_cast<double>(v[v.size() == 1 ? 0 : c]);
    };
    const double normal = (static_cast<double>(x[i]) - of_channel(mean)) / std::sqrt(of_channel(variance));
    y[i] = static_cast<float>(of_channel(scale) * normal + of_channel(shift));
  }
}

}  // namespace nnp::reference::naive
