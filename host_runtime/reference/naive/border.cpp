// SPDX-License-Identifier: Apache-2.0
// QuantizeLinear, DequantizeLinear and Cast; the first two with the QuantParams of the integer value: one
// scale, or one per index of an axis.
#include <fmt/format.h>

#include "host_runtime/reference/naive/codes.h"
#include "host_runtime/reference/naive/operators.h"
#include "host_runtime/reference/naive/reals.h"

namespace nnp::reference::naive {
namespace {

// Calls f(first element, count, scale) for every run of elements that shares a scale.
template <typename F>
void for_each_scale(const Operands& node, const ir::Value& codes, std::size_t elements, F f) {
  if (!codes.quant || codes.quant->scale.empty()) node.fail("'" + codes.name + "' has no scale");
  const std::vector<float>& scale = codes.quant->scale;
  if (scale.size() == 1) return f(std::size_t{0}, elements, scale[0]);
  const std::int32_t axis = codes.quant->axis;
  if (axis < 0 || static_cast<std::size_t>(axis) >= codes.shape.size() ||
      codes.shape[static_cast<std::size_t>(axis)] != static_cast<std::int64_t>(scale.size()))
    node.fail(fmt::format("{} scales on axis {} of {}", scale.size(), axis, to_text(codes.shape)));
  const auto run =
      static_cast<std::size_t>(ir::element_count({codes.shape.begin() + axis + 1, codes.shape.end()}));
  for (std::size_t first = 0, i = 0; first < elements; first += run, ++i)
    f(first, run, scale[i % scale.size()]);
}

void need(const Operands& node, ir::DType in, ir::DType out) {
  if (node.input(0).type() != in || node.output_value().type != out ||
      node.input(0).shape() != node.output_value().shape)
    node.fail(fmt::format("{} {} to {} {}", ir::to_string(node.input(0).type()),
                          to_text(node.input(0).shape()), ir::to_string(node.output_value().type),
                          to_text(node.output_value().shape)));
}

// i32 codes, a bias as a rule.
void dequantize_sums(Call& call, const ir::Value& codes) {
  const auto x = call.data<std::int32_t>(0);
  const auto y = call.output_data<float>();
  for_each_scale(call, codes, x.size(), [&](std::size_t first, std::size_t count, float scale) {
    for (std::size_t i = first; i < first + count; ++i)
      y[i] = static_cast<float>(static_cast<std::int64_t>(x[i]) - codes.quant->zero_point) * scale;
  });
}

}  // namespace

void run_quantize(Call& call) {
  const ir::Value& codes = call.output_value();
  need(call, ir::DType::f32, codes.type);
  with_code_type(codes.type, [&](auto type) {
    const auto x = call.data<float>(0);
    const auto y = call.output_data<decltype(type)>();
    for_each_scale(call, codes, x.size(), [&](std::size_t first, std::size_t count, float scale) {
      numerics::quantize(x.data() + first, scale, codes.quant->zero_point, y.data() + first, count);
    });
  });
}

void run_cast(Call& call) {
  const std::vector<float> x = widened(call.input(0));
  if (call.input(0).shape() != call.output_value().shape) call.fail("input and output differ in shape");
  with_real_type(call.output_value().type, [&](auto type) {
    numerics::store_real(x.data(), ir::real_range({}), call.output_data<decltype(type)>().data(), x.size());
  });
}

void run_dequantize(Call& call) {
  const ir::Value& codes = call.input_value(0);
  need(call, codes.type, ir::DType::f32);
  if (codes.type == ir::DType::i32) return dequantize_sums(call, codes);
  with_code_type(codes.type, [&](auto type) {
    const auto x = call.data<decltype(type)>(0);
    const auto y = call.output_data<float>();
    for_each_scale(call, codes, x.size(), [&](std::size_t first, std::size_t count, float scale) {
      numerics::dequantize(x.data() + first, scale, codes.quant->zero_point, y.data() + first, count);
    });
  });
}

}  // namespace nnp::reference::naive
