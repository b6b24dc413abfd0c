// SPDX-License-Identifier: Apache-2.0
#include "compiler/ir/reshaping.h"

#include <algorithm>

namespace nnp::ir {
namespace {

/// How the device's order of elements differs from ONNX's: images swap channels and pixels; nothing else
/// differs.
struct Order {
  std::int64_t images = 1, channels = 1, pixels = 1;
  bool operator==(const Order&) const = default;
};
Order order_of(const Shape& shape) {
  if (shape.size() != 4 || shape[1] == 1 || shape[2] * shape[3] == 1) return {};  // the swap changes nothing
  return {shape[0], shape[1], shape[2] * shape[3]};
}

bool moves_only_ones(const Shape& shape, const std::vector<std::int64_t>& permutation) {
  std::vector<std::int64_t> moved;
  for (const std::int64_t axis : permutation) {
    if (shape[static_cast<std::size_t>(axis)] != 1) moved.push_back(axis);
  }
  return std::ranges::is_sorted(moved);
}

}  // namespace

bool is_reshape_like(Op op) {
  return op == Op::reshape || op == Op::flatten || op == Op::squeeze || op == Op::unsqueeze ||
         op == Op::identity;
}

bool channel_preserving(const Graph& graph, const Node& node) {
  if (node.op != Op::transpose && !is_reshape_like(node.op)) return false;
  const Shape &from = graph.values[node.inputs.at(0)].shape, &to = graph.values[node.outputs.at(0)].shape;
  if (node.op == Op::transpose) {
    if (!moves_only_ones(from, std::get<TransposeAttributes>(node.attributes).permutation)) return false;
  }
  const ChannelView a = channel_view(from), b = channel_view(to);
  return a.pixels == b.pixels && a.channels == b.channels && order_of(from) == order_of(to);
}

std::optional<Shape> common_refinement(const Shape& a, const Shape& b) {
  // From the innermost axis out: where one shape has a boundary after fewer elements, the other is cut there.
  Shape finer;
  std::size_t i = a.size(), j = b.size();
  std::int64_t left = 1, right = 1;  // what is left of the present axes
  while (true) {
    while (left == 1 && i > 0) left = a[--i];
    while (right == 1 && j > 0) right = b[--j];
    if (left == 1 && right == 1) break;
    const std::int64_t part = std::min(left, right);
    if (part == 1 || left % part != 0 || right % part != 0) return std::nullopt;
    finer.push_back(part);
    left /= part, right /= part;
  }
  std::reverse(finer.begin(), finer.end());
  return finer;
}

std::vector<std::int64_t> refined_strides(const Shape& shape, const std::vector<std::int64_t>& strides,
                                          const Shape& finer) {
  std::vector<std::int64_t> result(finer.size());
  std::size_t axis = shape.size();
  std::int64_t left = 1, stride = 0;
  for (std::size_t i = finer.size(); i-- > 0;) {
    while (left == 1 && axis > 0) left = shape[--axis], stride = strides[axis];
    result[i] = stride;
    stride *= finer[i], left /= finer[i];
  }
  return result;
}

}  // namespace nnp::ir
