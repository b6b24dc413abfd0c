// SPDX-License-Identifier: Apache-2.0
// ONNX's multidirectional broadcasting: shapes align at their last axis, an axis of 1 repeats.
#pragma once

#include <optional>
#include <vector>

#include "compiler/ir/tensor.h"

namespace nnp::reference::naive {

/// The common shape, or nothing when two axes disagree.
inline std::optional<ir::Shape> broadcast_shape(const ir::Shape& a, const ir::Shape& b) {
  ir::Shape result(std::max(a.size(), b.size()));
  for (std::size_t i = 0; i < result.size(); ++i) {  // i counts axes from the last
    const std::int64_t x = i < a.size() ? a[a.size() - 1 - i] : 1, y = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (x != y && x != 1 && y != 1) return std::nullopt;
    result[result.size() - 1 - i] = x == 1 ? y : x;
  }
  return result;
}

/// For every element of `to`, in order, the index of the element of `from` that stands there. `from` must
/// broadcast to `to`.
inline std::vector<std::size_t> broadcast_indices(const ir::Shape& from, const ir::Shape& to) {
  std::vector<std::size_t> indices{0};
  indices.reserve(static_cast<std::size_t>(ir::element_count(to)));
  const std::size_t lead = to.size() - from.size();
  for (std::size_t axis = 0; axis < to.size();
       ++axis) {  // refine: each index so far becomes one per step along this axis
    const std::int64_t size = axis < lead ? 1 : from[axis - lead];
    std::vector<std::size_t> finer;
    finer.reserve(indices.size() * static_cast<std::size_t>(to[axis]));
    for (const std::size_t index : indices)
      for (std::int64_t i = 0; i < to[axis]; ++i)
        finer.push_back(index * static_cast<std::size_t>(size) +
                        (size == 1 ? 0 : static_cast<std::size_t>(i)));
    indices.swap(finer);
  }
  return indices;
}

/// The elements of a tensor of shape `from`, laid out in shape `to`.
template <typename T>
std::vector<T> expanded(std::span<const T> data, const ir::Shape& from, const ir::Shape& to) {
  if (from == to) return {data.begin(), data.end()};
  std::vector<T> result;
  for (const std::size_t index : broadcast_indices(from, to)) result.push_back(data[index]);
  return result;
}

}  // namespace nnp::reference::naive
