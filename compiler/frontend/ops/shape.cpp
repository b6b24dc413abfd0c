// SPDX-License-Identifier: Apache-2.0
// Operators that only move or rename elements. The IR keeps a result's shape in its value: shape operands
// disappear here.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "compiler/frontend/ops/ops.h"
#include "compiler/frontend/shape_functions.h"

namespace nnp::compiler {
namespace {

void expect_output_shape(const GraphBuilder& builder, const OnnxNode& node, const ir::Shape& shape) {
  if (shape == builder.output_shape(node)) return;
  refuse(node, fmt::format("shape {} does not fit the declared {}", describe(shape),
                           describe(builder.output_shape(node))));
}

/// Axes from an attribute (up to operator set 12) or a constant input (since 13).
std::vector<std::int64_t> axes_of(const GraphBuilder& builder, const OnnxNode& node) {
  if (!node.has_input(1)) return node.integers("axes", {});
  return integers_of(node, builder.required_constant(node, 1, "axes"));
}

}  // namespace

void import_reshape(GraphBuilder& builder, const OnnxNode& node) {
  const auto requested = integers_of(node, builder.required_constant(node, 1, "the shape"));
  expect_output_shape(builder, node, resolve_reshape(node, builder.input_shape(node, 0), requested));
  builder.emit(node, ir::Op::reshape, {builder.input(node, 0)});
}

void import_flatten(GraphBuilder& builder, const OnnxNode& node) {
  const ir::Shape& shape = builder.input_shape(node, 0);
  const auto rank = static_cast<std::int64_t>(shape.size());
  std::int64_t axis = node.integer("axis", 1);  // 0 to rank, rank included
  if (axis < -rank || axis > rank)
    refuse(node, fmt::format("axis {}; allowed are {} to {}", axis, -rank, rank));
  if (axis < 0) axis += rank;
  const auto middle = shape.begin() + axis;
  expect_output_shape(builder, node,
                      {bounded_count({shape.begin(), middle}), bounded_count({middle, shape.end()})});
  builder.emit(node, ir::Op::flatten, {builder.input(node, 0)}, ir::AxisAttributes{axis});
}

void import_squeeze(GraphBuilder& builder, const OnnxNode& node) {
  const auto axes = axes_of(builder, node);
  const bool given = node.has_input(1) || node.has_attribute("axes");
  expect_output_shape(builder, node, squeezed(node, builder.input_shape(node, 0), given ? &axes : nullptr));
  builder.emit(node, ir::Op::squeeze, {builder.input(node, 0)});
}

void import_unsqueeze(GraphBuilder& builder, const OnnxNode& node) {
  expect_output_shape(builder, node, unsqueezed(node, builder.input_shape(node, 0), axes_of(builder, node)));
  builder.emit(node, ir::Op::unsqueeze, {builder.input(node, 0)});
}

void import_transpose(GraphBuilder& builder, const OnnxNode& node) {
  const ir::Shape& shape = builder.input_shape(node, 0);
  std::vector<std::int64_t> reversed(shape.size());
  std::iota(reversed.rbegin(), reversed.rend(), 0);
  ir::TransposeAttributes attributes{node.integers("perm", reversed)};
  auto sorted = attributes.permutation;
  std::ranges::sort(sorted);
  std::ranges::reverse(reversed);
  if (sorted != reversed)
    refuse(node, fmt::format("perm {} is not a permutation of the axes of {}",
                             describe(attributes.permutation), describe(shape)));
  ir::Shape moved;
  for (const std::int64_t axis : attributes.permutation)
    moved.push_back(shape[static_cast<std::size_t>(axis)]);
  expect_output_shape(builder, node, moved);
  builder.emit(node, ir::Op::transpose, {builder.input(node, 0)}, std::move(attributes));
}

void import_identity(GraphBuilder& builder, const OnnxNode& node) {
  builder.emit(node, ir::Op::identity, {builder.input(node, 0)});
}

/// To the same type it is an Identity.
void import_cast(GraphBuilder& builder, const OnnxNode& node) {
  if (builder.input_type(node, 0) != builder.output(node).type) return builder.emit_on_host(node);
  builder.emit(node, ir::Op::identity, {builder.input(node, 0)});
}

}  // namespace nnp::compiler
