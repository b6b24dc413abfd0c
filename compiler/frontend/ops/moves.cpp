// SPDX-License-Identifier: Apache-2.0
// Operators that pick, join or repeat elements: Concat, Split, Slice, Pad, Expand, Tile, Resize, Upsample.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/frontend/ops/ops.h"
#include "compiler/frontend/shape_functions.h"

namespace nnp::compiler {
namespace {

/// An operand that older operator sets keep in an attribute and newer ones in a constant input.
std::vector<std::int64_t> list(const GraphBuilder& builder, const OnnxNode& node, std::size_t i,
                               const std::string& key) {
  if (node.has_input(i)) return integers_of(node, builder.required_constant(node, i, key));
  return node.integers(key, {});
}

ir::SliceAttributes whole(std::size_t rank) {
  return {std::vector<std::int64_t>(rank, 0), std::vector<std::int64_t>(rank, 1)};
}

}  // namespace

void import_concat(GraphBuilder& builder, const OnnxNode& node) {
  std::vector<ir::ValueId> inputs;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) inputs.push_back(builder.input(node, i));
  const std::size_t axis = resolve_axis(node, node.integer("axis", 1), builder.input_shape(node, 0).size());
  builder.emit(node, ir::Op::concat, std::move(inputs), ir::AxisAttributes{static_cast<std::int64_t>(axis)});
}

/// A Slice for each output that is read; their sizes are known.
void import_split(GraphBuilder& builder, const OnnxNode& node) {
  const ir::Shape& shape = builder.input_shape(node, 0);
  const std::size_t axis = resolve_axis(node, node.integer("axis", 0), shape.size());
  auto sizes = list(builder, node, 1, "split");
  if (sizes.empty())
    sizes.assign(node.outputs.size(), shape[axis] / static_cast<std::int64_t>(node.outputs.size()));
  if (sizes.size() != node.outputs.size())
    refuse(node, fmt::format("{} sizes for {} outputs", sizes.size(), node.outputs.size()));
  ir::SliceAttributes attributes = whole(shape.size());
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    const std::string suffix = "." + std::to_string(i);
    if (builder.wants(node, i))
      builder.emit(node, ir::Op::slice, {builder.input(node, 0)}, attributes, suffix, i);
    attributes.starts[axis] += sizes[i];
  }
}

void import_slice(GraphBuilder& builder, const OnnxNode& node) {
  const ir::Shape &shape = builder.input_shape(node, 0), &result = builder.output_shape(node);
  const auto starts = list(builder, node, 1, "starts");
  auto axes = list(builder, node, 3, "axes"), steps = list(builder, node, 4, "steps");
  if (axes.empty()) {
    for (std::size_t i = 0; i < starts.size(); ++i) axes.push_back(static_cast<std::int64_t>(i));
  }
  if (steps.empty()) steps.assign(starts.size(), 1);
  if (axes.size() != starts.size() || steps.size() != starts.size())
    refuse(node, "starts, axes and steps differ in length");
  ir::SliceAttributes attributes = whole(shape.size());
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::size_t axis = resolve_axis(node, axes[i], shape.size());
    const std::int64_t size = shape[axis], start = starts[i] < 0 ? starts[i] + size : starts[i];
    if (steps[i] == 0) refuse(node, "a step of 0");
    attributes.starts[axis] = std::clamp<std::int64_t>(start, 0, std::max<std::int64_t>(0, size - 1));
    attributes.steps[axis] = result[axis] <= 1 ? (steps[i] > 0 ? 1 : -1) : steps[i];
  }
  builder.emit(node, ir::Op::slice, {builder.input(node, 0)}, std::move(attributes));
}

void import_pad(GraphBuilder& builder, const OnnxNode& node) {
  const std::size_t rank = builder.input_shape(node, 0).size();
  const auto pads = list(builder, node, 1, "pads");
  if (pads.size() != 2 * rank) refuse(node, fmt::format("{} pads for {} axes", pads.size(), rank));
  ir::PadAttributes attributes;
  const std::string mode = node.text("mode", "constant");
  if (mode == "reflect")
    attributes.mode = ir::PadMode::reflect;
  else if (mode == "edge")
    attributes.mode = ir::PadMode::edge;
  else if (mode != "constant")
    refuse(node, fmt::format("mode '{}'; allowed are constant, reflect and edge", mode));
  attributes.begin.assign(pads.begin(), pads.begin() + static_cast<std::ptrdiff_t>(rank));
  attributes.end.assign(pads.begin() + static_cast<std::ptrdiff_t>(rank), pads.end());
  attributes.value = node.number("value", 0);
  if (node.has_input(2)) {
    const ir::Tensor& value = builder.required_constant(node, 2, "the constant value");
    if (value.size() != 1) refuse(node, "the constant value is not one number");
    ir::with_element_type(value.type(), [&](auto element) {
      attributes.value = static_cast<float>(value.data<decltype(element)>()[0]);
    });
  }
  builder.emit(node, ir::Op::pad, {builder.input(node, 0)}, std::move(attributes));
}

void import_expand(GraphBuilder& builder, const OnnxNode& node) {
  builder.emit(node, ir::Op::expand, {builder.input(node, 0)});
}

/// [a, b] -> Reshape [1, a, 1, b] -> Expand [r, a, s, b] -> Reshape [r a, s b].
void import_tile(GraphBuilder& builder, const OnnxNode& node) {
  const ir::Shape &from = builder.input_shape(node, 0), &to = builder.output_shape(node);
  const ir::DType type = builder.input_type(node, 0);
  ir::Shape split, spread;
  for (std::size_t i = 0; i < from.size(); ++i) {
    split.insert(split.end(), {1, from[i]});
    spread.insert(spread.end(), {from[i] == 0 ? 1 : to[i] / from[i], from[i]});
  }
  const ir::ValueId thin = builder.emit_inner(node, {".split", ".split"}, ir::Op::reshape,
                                              {builder.input(node, 0)}, split, {}, type);
  const ir::ValueId wide =
      builder.emit_inner(node, {"", ".spread"}, ir::Op::expand, {thin}, spread, {}, type);
  builder.emit(node, ir::Op::reshape, {wide}, {}, ".join");
}

}  // namespace nnp::compiler
