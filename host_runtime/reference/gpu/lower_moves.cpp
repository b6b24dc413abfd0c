// SPDX-License-Identifier: Apache-2.0
// Operators that move elements. A Transpose is a view; what follows copies where it cannot read it so.
#include "host_runtime/reference/gpu/lowering.h"

namespace nnp::gpu {
namespace {

/// A part of `whole` that begins at an index.
Place part_of(const Place& whole, const ir::Shape& shape, const std::vector<std::int64_t>& begin) {
  Place part = whole;
  part.shape = shape;
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < begin.size(); ++i) offset += begin[i] * whole.strides[i];
  part.at += static_cast<Address>(offset) * size_of(whole.element);
  return part;
}

/// The same matrices with rows as columns.
Place turned(Place place) {
  std::swap(place.shape[place.shape.size() - 2], place.shape.back());
  std::swap(place.strides[place.strides.size() - 2], place.strides.back());
  return place;
}

/// Whether matrices stay matrices and lie column by column.
bool keeps_columns(const Place& from, const ir::Shape& to) {
  const std::size_t rank = from.shape.size();
  return rank >= 2 && to.size() >= 2 && from.shape.back() > 1 && from.strides.back() != 1 &&
         from.strides[rank - 2] == 1 && to.back() == from.shape.back() &&
         to[to.size() - 2] == from.shape[rank - 2];
}

}  // namespace

void lower_reshape(Lowering& lowering, const ir::Node& node) {
  const Place from = lowering.place(node.inputs[0]);
  const ir::Shape& shape = lowering.value(node.outputs[0]).shape;
  if (from.shape == shape) return lowering.values().set(node.outputs[0], from);
  if (!keeps_columns(from, shape)) return lowering.alias_output(node, lowering.row_major(node.inputs[0]));
  // A product takes them so: nothing is gained by turning them on the way.
  const Place columns = turned(from);
  Place to = lowering.values().scratch(columns.shape, from.element);
  lowering.copy(columns, to);
  to.scale = from.scale, to.zero = from.zero;
  to.shape = shape;
  std::swap(to.shape[shape.size() - 2], to.shape.back());
  to.strides = row_major(to.shape);
  lowering.values().set(node.outputs[0], turned(to));
}

void lower_transpose(Lowering& lowering, const ir::Node& node) {
  const auto& order = std::get<ir::TransposeAttributes>(node.attributes).permutation;
  const Place from = lowering.place(node.inputs[0]);
  Place view = from;
  for (std::size_t i = 0; i < order.size(); ++i) {
    view.shape[i] = from.shape[static_cast<std::size_t>(order[i])];
    view.strides[i] = from.strides[static_cast<std::size_t>(order[i])];
  }
  lowering.values().set(node.outputs[0], view);
}

void lower_slice(Lowering& lowering, const ir::Node& node) {
  const auto& a = std::get<ir::SliceAttributes>(node.attributes);
  const Place from = lowering.place(node.inputs[0]);
  Place part = part_of(from, lowering.value(node.outputs[0]).shape, a.starts);
  for (std::size_t i = 0; i < a.steps.size(); ++i) part.strides[i] *= a.steps[i];
  lowering.copy(part, lowering.make_output(node, is_channels_last(from)));
}

void lower_concat(Lowering& lowering, const ir::Node& node) {
  const auto rank = static_cast<std::int64_t>(lowering.value(node.outputs[0]).shape.size());
  const std::int64_t given = std::get<ir::AxisAttributes>(node.attributes).axis;
  const auto axis = static_cast<std::size_t>(given < 0 ? given + rank : given);
  const Place to = lowering.make_output(node, is_channels_last(lowering.place(node.inputs[0])));
  std::vector<std::int64_t> begin(static_cast<std::size_t>(rank), 0);
  for (const ir::ValueId id : node.inputs) {
    const Place from = lowering.place(id);
    if (from.elements() != 0) lowering.copy(from, part_of(to, from.shape, begin));
    begin[axis] += from.shape[axis];
  }
}

void lower_pad(Lowering& lowering, const ir::Node& node) {
  const auto& a = std::get<ir::PadAttributes>(node.attributes);
  if (a.mode != ir::PadMode::constant) lowering.refuse(node, "only constant padding has a kernel");
  for (std::size_t i = 0; i < a.begin.size(); ++i)
    if (a.begin[i] < 0 || a.end[i] < 0) lowering.refuse(node, "negative padding");
  const Place from = lowering.place(node.inputs[0]);
  const Place to = lowering.make_output(node, is_channels_last(from));
  Place value;
  value.at = lowering.values().upload({&a.value, 1}, Element::f32);
  lowering.add_elementwise(Function::copy, {{value, value.source()}}, to, lowering.target(node, to));
  lowering.copy(from, part_of(to, from.shape, a.begin));
}

void lower_expand(Lowering& lowering, const ir::Node& node) {
  const Place from = lowering.place(node.inputs[0]);
  const Place to = lowering.make_output(node, false);
  lowering.copy(from, to);
}

void lower_gather(Lowering& lowering, const ir::Node& node) {
  const ir::Value& indices = lowering.value(node.inputs[1]);
  const Place table = lowering.place(node.inputs[0]);
  const auto rank = static_cast<std::int64_t>(table.shape.size());
  const std::int64_t given = std::get<ir::AxisAttributes>(node.attributes).axis,
                     axis = given < 0 ? given + rank : given;
  if (indices.type != ir::DType::i64) lowering.refuse(node, "indices must be i64");
  if (indices.constant && indices.constant->size() == 1) {  // one slice
    std::int64_t index = indices.constant->data<std::int64_t>()[0];
    if (index < 0) index += table.shape[static_cast<std::size_t>(axis)];
    std::vector<std::int64_t> begin(table.shape.size(), 0);
    begin[static_cast<std::size_t>(axis)] = index;
    ir::Shape shape = table.shape;
    shape[static_cast<std::size_t>(axis)] = 1;
    const Place part = part_of(table, shape, begin);
    Place to = lowering.make_output(node, false);
    to.shape = shape, to.strides = row_major(shape);
    return lowering.copy(part, to);
  }
  if (axis != 0) lowering.refuse(node, "only rows are gathered");
  Gather g;
  g.table = lowering.row_major(node.inputs[0]).codes();
  g.indices = lowering.row_major(node.inputs[1]).at;
  g.rows = ir::element_count(indices.shape), g.table_rows = table.shape[0];
  g.n = table.elements() / table.shape[0];
  const Place& to = lowering.make_output(node, false);
  g.y = {to.at, to.element, 1, to.zero};
  lowering.add(g);
}

}  // namespace nnp::gpu
