// SPDX-License-Identifier: Apache-2.0
// Shape rules that both the constant folder and the operator files need.
#include "compiler/frontend/shape_functions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace nnp::compiler {

std::int64_t bounded_count(const ir::Shape& shape) {
  if (std::ranges::find(shape, 0) != shape.end()) return 0;
  std::int64_t count = 1;
  for (const std::int64_t size : shape) {
    if (size > kLargestValue / count) return kLargestValue + 1;
    count *= size;
  }
  return count;
}

std::size_t resolve_axis(const OnnxNode& node, std::int64_t axis, std::size_t rank) {
  const auto signed_rank = static_cast<std::int64_t>(rank);
  if (axis < -signed_rank || axis >= signed_rank) {
    refuse(node, fmt::format("axis {} of a tensor of rank {}; allowed are {} to {}", axis, rank, -signed_rank,
                             signed_rank - 1));
  }
  return static_cast<std::size_t>(axis < 0 ? axis + signed_rank : axis);
}

ir::Shape resolve_reshape(const OnnxNode& node, const ir::Shape& input,
                          const std::vector<std::int64_t>& requested) {
  ir::Shape shape = requested;
  const bool allow_zero = node.integer("allowzero", 0) != 0;
  std::size_t unknown = shape.size();
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 0 && !allow_zero) {
      if (i >= input.size())
        refuse(node, fmt::format("shape {} copies axis {}, which the input {} does not have",
                                 describe(requested), i, describe(input)));
      shape[i] = input[i];
    } else if (shape[i] == -1 && unknown == shape.size()) {
      unknown = i;
      shape[i] = 1;
    } else if (shape[i] < 0) {
      refuse(node, fmt::format("shape {}: sizes are positive, 0, or -1 once", describe(requested)));
    }
  }
  const std::int64_t wanted = bounded_count(input), rest = bounded_count(shape);
  if (unknown < shape.size() && rest > 0 && wanted % rest == 0) shape[unknown] = wanted / rest;
  if (bounded_count(shape) != wanted) {
    refuse(node, fmt::format("cannot reshape {} to {}: the element counts differ", describe(input),
                             describe(requested)));
  }
  return shape;
}

ir::Shape squeezed(const OnnxNode& node, const ir::Shape& shape, const std::vector<std::int64_t>* axes) {
  std::set<std::size_t> removed;
  if (axes != nullptr) {
    for (const std::int64_t axis : *axes) removed.insert(resolve_axis(node, axis, shape.size()));
  } else {
    for (std::size_t i = 0; i < shape.size(); ++i) {
      if (shape[i] == 1) removed.insert(i);
    }
  }
  ir::Shape result;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (!removed.contains(i)) {
      result.push_back(shape[i]);
    } else if (shape[i] != 1) {
      refuse(node, fmt::format("cannot squeeze axis {} of {}: its size is not 1", i, describe(shape)));
    }
  }
  return result;
}

ir::Shape unsqueezed(const OnnxNode& node, const ir::Shape& shape, const std::vector<std::int64_t>& axes) {
  const std::size_t rank = shape.size() + axes.size();
  std::set<std::size_t> added;
  for (const std::int64_t axis : axes) added.insert(resolve_axis(node, axis, rank));
  if (added.size() != axes.size())
    refuse(node, fmt::format("axes [{}] name one axis twice", fmt::join(axes, ", ")));
  ir::Shape result;
  for (std::size_t i = 0, next = 0; i < rank; ++i) result.push_back(added.contains(i) ? 1 : shape[next++]);
  return result;
}

ir::Shape broadcast(const OnnxNode& node, const ir::Shape& a, const ir::Shape& b) {
  const std::size_t rank = std::max(a.size(), b.size());
  ir::Shape result(rank);
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t x = i + a.size() < rank ? 1 : a[i + a.size() - rank];
    const std::int64_t y = i + b.size() < rank ? 1 : b[i + b.size() - rank];
    if (x != y && x != 1 && y != 1)
      refuse(node, fmt::format("shapes {} and {} do not broadcast", describe(a), describe(b)));
    result[i] = x == 1 ? y : x;
  }
  return result;
}

std::vector<std::int64_t> integers_of(const OnnxNode& node, const ir::Tensor& tensor) {
  return ir::with_element_type(tensor.type(), [&](auto element) -> std::vector<std::int64_t> {
    using T = decltype(element);
    if constexpr (std::is_integral_v<T>) {
      std::vector<std::int64_t> values;
      for (const T value : tensor.data<T>()) values.push_back(static_cast<std::int64_t>(value));
      return values;
    } else {
      refuse(node, "expects an integer tensor");
    }
  });
}

}  // namespace nnp::compiler
