// SPDX-License-Identifier: Apache-2.0
// Operators that move elements. The IR keeps the result's shape in its value: here it becomes an operand
// again.
#include <cmath>
#include <limits>
#include <numeric>

#include "compiler/export/operators.h"

namespace nnp::compiler {
namespace {

/// Whether Flatten at this axis makes the result's shape.
bool flattens(const Outgoing& o) {
  const auto* a = std::get_if<ir::AxisAttributes>(&o.node.attributes);
  const ir::Shape& from = o.in(0);
  if (o.node.op != ir::Op::flatten || a == nullptr || a->axis < 0 ||
      a->axis > static_cast<std::int64_t>(from.size()))
    return false;
  const auto middle = from.begin() + a->axis;
  return o.out() ==
         ir::Shape{ir::element_count({from.begin(), middle}), ir::element_count({middle, from.end()})};
}

/// Whether Resize finds the result's size by the scales.
bool scales_give(const std::vector<float>& scales, const ir::Shape& from, const ir::Shape& to) {
  for (std::size_t i = 0; i < from.size(); ++i) {
    const float size = std::floor(static_cast<float>(from[i]) * scales[i]);
    if (static_cast<std::int64_t>(size) != to[i]) return false;
  }
  return scales.size() == from.size();
}

}  // namespace

void write_reshape(const Outgoing& o) {
  if (flattens(o)) return o.as("Flatten", {{"axis", o.attributes<ir::AxisAttributes>().axis}});
  // 0 would mean "as before"; the IR has no such shapes but empty ones
  o.last("Reshape", {o.inputs[0], o.integers(".shape", o.out())});
}

void write_slice(const Outgoing& o) {
  const auto& a = o.attributes<ir::SliceAttributes>();
  std::vector<std::int64_t> ends, axes(a.starts.size());
  std::iota(axes.begin(), axes.end(), 0);
  for (std::size_t i = 0; i < a.starts.size(); ++i) {
    const std::int64_t end = a.starts[i] + o.out()[i] * a.steps[i];
    ends.push_back(end < 0 ? std::numeric_limits<std::int64_t>::min()
                           : end);  // before the first: not from the end
  }
  o.last("Slice", {o.inputs[0], o.integers(".starts", a.starts), o.integers(".ends", ends),
                   o.integers(".axes", axes), o.integers(".steps", a.steps)});
}

void write_pad(const Outgoing& o) {
  const auto& a = o.attributes<ir::PadAttributes>();
  static constexpr const char* kModes[] = {"constant", "reflect", "edge"};
  std::vector<std::int64_t> pads = a.begin;
  pads.insert(pads.end(), a.end.begin(), a.end.end());
  Names operands{o.inputs[0], o.integers(".pads", pads)};
  if (a.mode == ir::PadMode::constant) {
    const ir::Value& x = o.graph.values[o.node.inputs[0]];
    ir::Tensor value(x.quant ? ir::DType::f32 : x.type, {});  // codes are floats on this side
    ir::with_element_type(value.type(), [&](auto element) {
      using T = decltype(element);
      value.data<T>()[0] = static_cast<T>(a.value);
    });
    operands.push_back(o.model.constant(o.node.name + ".value", value));
  }
  o.last("Pad", operands, {{"mode", std::string(kModes[static_cast<std::size_t>(a.mode)])}});
}

void write_expand(const Outgoing& o) { o.last("Expand", {o.inputs[0], o.integers(".shape", o.out())}); }

void write_resize(const Outgoing& o) {
  const auto& a = o.attributes<ir::ResizeAttributes>();
  static constexpr const char* kModes[] = {"nearest", "linear", "cubic"};
  static constexpr const char* kCoordinates[] = {"half_pixel", "pytorch_half_pixel", "align_corners",
                                                 "asymmetric", "tf_crop_and_resize"};
  static constexpr const char* kRoundings[] = {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"};
  const std::string roi = a.roi.empty() ? "" : o.model.floats(o.node.name + ".roi", a.roi);
  Names operands{o.inputs[0], roi};
  if (scales_give(a.scales, o.in(0), o.out())) {
    operands.push_back(o.model.floats(o.node.name + ".scales", a.scales));
  } else {
    operands.insert(operands.end(), {"", o.integers(".sizes", o.out())});
  }
  o.last(
      "Resize", operands,
      {{"mode", std::string(kModes[static_cast<std::size_t>(a.mode)])},
       {"coordinate_transformation_mode", std::string(kCoordinates[static_cast<std::size_t>(a.coordinates)])},
       {"nearest_mode", std::string(kRoundings[static_cast<std::size_t>(a.rounding)])},
       {"cubic_coeff_a", a.cubic_a},
       {"extrapolation_value", a.outside_value},
       {"exclude_outside", std::int64_t{a.exclude_outside}}});
}

}  // namespace nnp::compiler
