// SPDX-License-Identifier: Apache-2.0
// verify(): shapes of nodes that pick, join or repeat elements.
#include <fmt/ranges.h>

#include "compiler/ir/verify_rules.h"

namespace nnp::ir {
namespace {

void check_transpose(const Operands& operands, Faults& faults) {
  const auto& permutation = std::get<TransposeAttributes>(operands.node.attributes).permutation;
  const Shape& from = operands.input(0)->shape;
  Shape expected;
  std::vector<bool> seen(from.size());
  for (const std::int64_t axis : permutation) {
    const auto index = static_cast<std::size_t>(axis);
    if (axis < 0 || index >= from.size() || seen[index]) {
      faults.add("[{}] is not a permutation of {} axes", fmt::join(permutation, ","), from.size());
      return;
    }
    seen[index] = true;
    expected.push_back(from[index]);
  }
  if (expected.size() != from.size()) {
    faults.add("[{}] is not a permutation of {} axes", fmt::join(permutation, ","), from.size());
    return;
  }
  expect("output", operands.output(0), expected, faults);
}

void check_gather(const Operands& operands, Faults& faults) {
  const auto axis = axis_of(operands, faults);
  if (!axis) return;
  const Shape &data = operands.input(0)->shape, &indices = operands.input(1)->shape;
  const auto at = static_cast<std::ptrdiff_t>(*axis);
  Shape expected(data.begin(), data.begin() + at);
  expected.insert(expected.end(), indices.begin(), indices.end());
  expected.insert(expected.end(), data.begin() + at + 1, data.end());
  expect("output", operands.output(0), expected, faults);
}

void check_concat(const Operands& operands, Faults& faults) {
  const auto axis = axis_of(operands, faults);
  if (!axis) return;
  Shape expected = operands.input(0)->shape;
  expected[*axis] = 0;
  for (std::size_t i = 0; i < operands.node.inputs.size(); ++i) {
    const Value* part = operands.input(i);
    if (part == nullptr) return faults.add("input {} is required", i);
    Shape beside = part->shape;
    if (beside.size() == expected.size()) beside[*axis] = expected[*axis];
    if (beside != expected)
      return faults.add("'{}' is {}: it does not join the others", part->name, text(part->shape));
    expected[*axis] += part->shape[*axis];
  }
  expect("output", operands.output(0), expected, faults);
}

void check_slice(const Operands& operands, Faults& faults) {
  const auto& a = std::get<SliceAttributes>(operands.node.attributes);
  const Shape &from = operands.input(0)->shape, &to = operands.output(0)->shape;
  if (a.starts.size() != from.size() || a.steps.size() != from.size() || to.size() != from.size())
    return faults.add("starts, steps and both shapes need one entry an axis");
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (to[i] == 0) continue;
    if (!sane("size", &to[i], 1, 1, faults)) return;
    const std::int64_t step = a.steps[i], size = from[i];
    if (step == 0 || step < -size || step > size || a.starts[i] < 0 || a.starts[i] >= size)
      return faults.add("axis {} of {}: start {}, step {}", i, text(from), a.starts[i], step);
    const std::int64_t last = a.starts[i] + (to[i] - 1) * step;
    if (last < 0 || last >= size) return faults.add("axis {}: element {} of {}", i, last, size);
  }
}

void check_pad(const Operands& operands, Faults& faults) {
  const auto& a = std::get<PadAttributes>(operands.node.attributes);
  const Shape& from = operands.input(0)->shape;
  if (a.begin.size() != from.size() || a.end.size() != from.size())
    return faults.add("pads need one entry an axis at each end");
  constexpr std::int64_t kMost = std::int64_t{1} << 30;
  Shape expected;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const std::int64_t begin = a.begin[i], end = a.end[i];
    if (begin < -from[i] || end < -from[i] || begin > kMost || end > kMost || from[i] + begin + end < 0)
      return faults.add("axis {} of {}: pads {}, {}", i, text(from), begin, end);
    if (a.mode == PadMode::reflect && (begin >= from[i] || end >= from[i]))
      return faults.add("axis {} of {}: pads {}, {} reflect more than there is", i, text(from), begin, end);
    if (a.mode == PadMode::edge && from[i] == 0 && begin + end > 0)
      return faults.add("axis {} is empty and has no edge", i);
    expected.push_back(from[i] + begin + end);
  }
  expect("output", operands.output(0), expected, faults);
}

void check_resize(const Operands& operands, Faults& faults) {
  const auto& a = std::get<ResizeAttributes>(operands.node.attributes);
  const std::size_t rank = operands.input(0)->shape.size();
  if (!has_rank("output", *operands.output(0), rank, faults)) return;
  if (a.scales.size() != rank) faults.add("{} scales for {} axes", a.scales.size(), rank);
  for (const float scale : a.scales) {
    if (!(scale > 0)) return faults.add("scale {} is not positive", scale);
  }
  const bool crops = a.coordinates == ResizeCoordinates::tf_crop_and_resize;
  if (crops && a.roi.size() != 2 * rank)
    faults.add("{} numbers of the region for {} axes", a.roi.size(), rank);
}

}  // namespace

void check_move_shapes(const Operands& operands, Faults& faults) {
  const Value *x = operands.input(0), *y = operands.output(0);
  switch (operands.node.op) {
    case Op::transpose:
      return check_transpose(operands, faults);
    case Op::gather:
      return check_gather(operands, faults);
    case Op::concat:
      return check_concat(operands, faults);
    case Op::slice:
      return check_slice(operands, faults);
    case Op::pad:
      return check_pad(operands, faults);
    case Op::resize:
      return check_resize(operands, faults);
    case Op::expand:
      if (broadcast(x->shape, y->shape) != y->shape)
        faults.add("{} does not broadcast to {}", text(x->shape), text(y->shape));
      return;
    case Op::where:
      if (const auto values = broadcast(operands.input(1)->shape, operands.input(2)->shape))
        if (const auto shape = broadcast(x->shape, *values)) return expect("output", y, *shape, faults);
      return faults.add("condition and values do not broadcast");
    default:
      return;
  }
}

}  // namespace nnp::ir
