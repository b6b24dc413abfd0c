// SPDX-License-Identifier: Apache-2.0
// QuantizeLinear and DequantizeLinear. With constant scale and zero point they become the IR's border nodes,
// whose codes carry QuantParams; DequantizeLinear of constant codes becomes a float constant that says what
// codes it had. All else is the host's.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/frontend/ops/ops.h"

namespace nnp::compiler {
namespace {

/// Scale and zero point of each slice along `axis`; axis -1: one for all.
struct Scales {
  std::vector<float> scale;
  std::vector<std::int64_t> zero;
  std::int64_t axis = -1;
  bool all_zero() const {
    return std::ranges::all_of(zero, [](std::int64_t z) { return z == 0; });
  }
};

void check_scales(const OnnxNode& node, const ir::Tensor& scale, const ir::Shape& shape, std::int64_t axis) {
  if (scale.type() != ir::DType::f32)
    refuse(node, fmt::format("scale is {}; it must be FLOAT", ir::to_string(scale.type())));
  for (std::size_t i = 0; i < scale.size(); ++i)
    if (const float s = scale.data<float>()[i]; !std::isfinite(s) || s <= 0)
      refuse(node, fmt::format("scale {} is {}; a scale is a positive number", i, s));
  if (scale.size() == 1) return;
  const auto rank = static_cast<std::int64_t>(shape.size());
  if (axis < -rank || axis >= rank)
    refuse(node,
           fmt::format("axis {} of a value of rank {}; allowed are {} to {}", axis, rank, -rank, rank - 1));
  const std::int64_t wanted = shape[static_cast<std::size_t>(axis < 0 ? axis + rank : axis)];
  if (static_cast<std::int64_t>(scale.size()) != wanted)
    refuse(node, fmt::format("{} scales for axis {} of shape {}; there must be 1 or {}", scale.size(), axis,
                             describe(shape), wanted));
}

/// Nothing where scale or zero point is computed. `codes` is their type.
std::optional<Scales> scales_of(const GraphBuilder& builder, const OnnxNode& node, ir::DType codes) {
  const ir::Tensor* scale = builder.constant(node, 1);
  const ir::Tensor* zero = builder.constant(node, 2);
  if (scale == nullptr || (zero == nullptr && node.has_input(2))) return std::nullopt;
  const ir::Shape& shape = builder.input_shape(node, 0);
  const std::int64_t axis = node.integer("axis", 1);
  check_scales(node, *scale, shape, axis);
  Scales result;
  result.scale.assign(scale->data<float>().begin(), scale->data<float>().end());
  result.zero.assign(scale->size(), 0);
  if (scale->size() != 1) result.axis = axis < 0 ? axis + static_cast<std::int64_t>(shape.size()) : axis;
  if (zero == nullptr) return result;
  if (zero->type() != codes)
    refuse(node, fmt::format("zero point is {}, the codes are {}; they must be of one type",
                             ir::to_string(zero->type()), ir::to_string(codes)));
  if (zero->size() != scale->size())
    refuse(node, fmt::format("{} zero points for {} scales", zero->size(), scale->size()));
  ir::with_element_type(zero->type(), [&](auto element) {
    using T = decltype(element);
    if constexpr (std::is_integral_v<T>)
      std::ranges::transform(zero->data<T>(), result.zero.begin(),
                             [](T z) { return static_cast<std::int64_t>(z); });
  });
  return result;
}

/// Activations that the IR can say: one scale; 16 bit without a zero point.
bool is_activation(const Scales& scales, ir::DType type) {
  if (scales.scale.size() != 1) return false;
  return type == ir::DType::u8 || type == ir::DType::s8 || (type == ir::DType::s16 && scales.all_zero());
}

ir::QuantParams activation_params(const Scales& scales) {
  return {scales.scale, static_cast<std::int32_t>(scales.zero[0]), -1};
}

bool same(const ir::QuantParams& a, const ir::QuantParams& b) {
  return a.scale == b.scale && a.zero_point == b.zero_point && a.axis == b.axis;
}

/// s (q - z) as ONNX computes it, and what the codes were where q - z is 0 for real 0 and fits their type.
void add_constant(GraphBuilder& builder, const OnnxNode& node, const ir::Tensor& codes,
                  const Scales& scales) {
  std::size_t inner = 1;
  const ir::Shape& shape = codes.shape();
  for (std::size_t i = static_cast<std::size_t>(scales.axis + 1); i < shape.size(); ++i)
    inner *= static_cast<std::size_t>(shape[i]);
  ir::Tensor reals(ir::DType::f32, shape);
  ir::with_element_type(codes.type(), [&](auto element) {
    using T = decltype(element);
    if constexpr (std::is_integral_v<T>) {
      for (std::size_t i = 0; i < codes.size(); ++i) {
        const std::size_t slice = scales.scale.size() == 1 ? 0 : i / inner % scales.scale.size();
        const auto steps = static_cast<std::int64_t>(codes.data<T>()[i]) - scales.zero[slice];
        reals.data<float>()[i] = static_cast<float>(steps) * scales.scale[slice];
      }
    }
  });
  std::optional<ir::QuantParams> quant;
  if (scales.axis < static_cast<std::int64_t>(shape.size()))
    quant = ir::QuantParams{scales.scale, 0, static_cast<std::int32_t>(scales.axis)};
  builder.add_constant_output(node, std::move(reals), std::move(quant));
  if (codes.type() == ir::DType::i32 && scales.all_zero()) builder.keep_codes(node, codes);
}

}  // namespace

void import_quantize_linear(GraphBuilder& builder, const OnnxNode& node) {
  const ir::DType type = builder.output(node).type;
  const auto scales = scales_of(builder, node, type);
  const bool plain = scales && is_activation(*scales, type) &&
                     builder.input_type(node, 0) == ir::DType::f32 &&
                     builder.is_read_by(node.outputs.at(0), "DequantizeLinear");
  if (!plain) return builder.emit_on_host(node);
  const ir::ValueId x = builder.input(node, 0);
  builder.emit(node, ir::Op::quantize_linear, {x});
  builder.set_quant(node.outputs[0], activation_params(*scales));
}

void import_dequantize_linear(GraphBuilder& builder, const OnnxNode& node) {
  const ir::DType type = builder.input_type(node, 0);
  const auto scales = scales_of(builder, node, type);
  if (!scales) return builder.emit_on_host(node);
  if (const ir::Tensor* codes = builder.constant(node, 0))
    return add_constant(builder, node, *codes, *scales);
  if (!is_activation(*scales, type)) return builder.emit_on_host(node);
  const ir::QuantParams params = activation_params(*scales);
  const ir::ValueId codes = builder.input(node, 0);
  const auto known = builder.quant_of(codes);
  const bool of_the_caller =
      !known && builder.is_graph_input(codes) && builder.is_read_by(node.inputs[0], "DequantizeLinear");
  if (of_the_caller)
    builder.set_quant(node.inputs[0], params);
  else if (!known || !same(*known, params))
    return builder.emit_on_host(node);
  builder.emit(node, ir::Op::dequantize_linear, {codes});
}

}  // namespace nnp::compiler
