// SPDX-License-Identifier: Apache-2.0
// Resize and Upsample: the words of their attributes to the IR's.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "compiler/frontend/ops/ops.h"

namespace nnp::compiler {
namespace {

/// The place of an attribute's word in a list of allowed ones.
template <std::size_t N>
std::size_t word(const OnnxNode& node, const char* key, const std::string& text,
                 const std::array<const char*, N>& allowed) {
  const auto found = std::ranges::find(allowed, text);
  if (found == allowed.end()) refuse(node, fmt::format("{} '{}' is not supported", key, text));
  return static_cast<std::size_t>(found - allowed.begin());
}

constexpr std::array kModes{"nearest", "linear", "cubic"};
constexpr std::array kCoordinates{"half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric",
                                  "tf_crop_and_resize"};
constexpr std::array kRoundings{"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"};

std::vector<float> floats(const GraphBuilder& builder, const OnnxNode& node, std::size_t i,
                          const char* what) {
  const ir::Tensor& tensor = builder.required_constant(node, i, what);
  if (tensor.type() != ir::DType::f32) return {};
  return {tensor.data<float>().begin(), tensor.data<float>().end()};
}

/// Scales as given, or the ratio of the sizes.
std::vector<float> scales(const GraphBuilder& builder, const OnnxNode& node, std::size_t input) {
  const ir::Shape &from = builder.input_shape(node, 0), &to = builder.output_shape(node);
  std::vector<float> given = node.numbers("scales", {});
  if (node.has_input(input)) given = floats(builder, node, input, "the scales");
  if (given.size() == from.size()) return given;
  if (!given.empty()) refuse(node, fmt::format("{} scales for {} axes", given.size(), from.size()));
  for (std::size_t i = 0; i < from.size(); ++i)
    given.push_back(static_cast<float>(static_cast<double>(to[i]) / static_cast<double>(from[i])));
  return given;
}

/// tf_half_pixel_for_nn of operator set 11, a nearest one: element i is that at floor((i + 1/2) / scale), as
/// nearest_mode has it. A Gather for each axis that changes.
void gather_pixels(GraphBuilder& builder, const OnnxNode& node, const ir::ResizeAttributes& a) {
  const std::string rounding = node.text("nearest_mode", "round_prefer_floor");
  if (a.mode != ir::ResizeMode::nearest) refuse(node, "tf_half_pixel_for_nn is for the mode nearest only");
  ir::ValueId pixels = builder.input(node, 0);
  ir::Shape shape = builder.input_shape(node, 0);
  const ir::Shape to = builder.output_shape(node);
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (shape[axis] == to[axis]) continue;
    std::vector<std::int64_t> places;
    for (std::int64_t i = 0; i < to[axis]; ++i) {
      const double at = (static_cast<double>(i) + 0.5) / static_cast<double>(a.scales[axis]);
      const double rounded = rounding == "floor"               ? std::floor(at)
                             : rounding == "ceil"              ? std::ceil(at)
                             : rounding == "round_prefer_ceil" ? std::floor(at + 0.5)
                                                               : std::ceil(at - 0.5);
      places.push_back(std::clamp<std::int64_t>(static_cast<std::int64_t>(rounded), 0, shape[axis] - 1));
    }
    shape[axis] = to[axis];
    const std::string suffix = fmt::format(".axis{}", axis);
    const ir::ValueId indices = builder.add_constant(node.outputs[0] + suffix + ".places",
                                                     ir::Tensor::of<std::int64_t>({to[axis]}, places));
    pixels =
        builder.emit_inner(node, {suffix, suffix}, ir::Op::gather, {pixels, indices}, shape,
                           ir::AxisAttributes{static_cast<std::int64_t>(axis)}, builder.input_type(node, 0));
  }
  builder.emit(node, ir::Op::identity, {pixels});
}

}  // namespace

void import_resize(GraphBuilder& builder, const OnnxNode& node) {
  ir::ResizeAttributes a;
  const bool old = node.op == "Upsample" || builder.opset() < 11;
  std::string mode = node.text("mode", "nearest");
  if (old && (mode == "bilinear" || mode == "trilinear")) mode = "linear";
  a.mode = static_cast<ir::ResizeMode>(word(node, "mode", mode, kModes));
  a.scales = scales(builder, node, old ? 1 : 2);
  if (old) {
    a.coordinates = ir::ResizeCoordinates::asymmetric, a.rounding = ir::ResizeRounding::floor;
  } else {
    const std::string coordinates = node.text("coordinate_transformation_mode", "half_pixel");
    if (coordinates == "tf_half_pixel_for_nn") return gather_pixels(builder, node, a);
    a.coordinates = static_cast<ir::ResizeCoordinates>(
        word(node, "coordinate_transformation_mode", coordinates, kCoordinates));
    a.rounding = static_cast<ir::ResizeRounding>(
        word(node, "nearest_mode", node.text("nearest_mode", "round_prefer_floor"), kRoundings));
    a.cubic_a = node.number("cubic_coeff_a", -0.75f), a.outside_value = node.number("extrapolation_value", 0);
    a.exclude_outside = node.integer("exclude_outside", 0) != 0;
    if (a.coordinates == ir::ResizeCoordinates::tf_crop_and_resize)
      a.roi = floats(builder, node, 1, "the region");
  }
  builder.emit(node, ir::Op::resize, {builder.input(node, 0)}, std::move(a));
}

}  // namespace nnp::compiler
