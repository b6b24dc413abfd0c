// SPDX-License-Identifier: Apache-2.0
// Shape arithmetic that moves elements: one list of source indices, one copy.
#include <algorithm>

#include "compiler/frontend/folding/folding.h"

namespace nnp::compiler::folding {

using ir::Shape;
using ir::Tensor;
using Strides = std::vector<std::int64_t>;

Tensor make_tensor(ir::DType type, Shape shape) {
  if (bounded_count(shape) > kLargestFoldedTensor) throw LeftAlone{};
  return Tensor(type, std::move(shape));
}

namespace {

Strides row_major(const Shape& shape) {
  Strides strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

/// Element indices of a strided view, in row-major order of `shape`.
std::vector<std::size_t> view(const Shape& shape, std::int64_t start, const Strides& strides) {
  std::vector<std::size_t> result(static_cast<std::size_t>(bounded_count(shape)));
  Shape at(shape.size(), 0);
  std::int64_t offset = start;
  for (std::size_t& index : result) {
    index = static_cast<std::size_t>(offset);
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      offset += strides[axis];
      if (++at[axis] < shape[axis]) break;
      offset -= strides[axis] * shape[axis];
      at[axis] = 0;
    }
  }
  return result;
}

Strides broadcast_strides(const Shape& from, const Shape& to) {
  const Strides own = row_major(from);
  Strides strides(to.size(), 0);
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (from[i] != 1) strides[to.size() - from.size() + i] = own[i];
  }
  return strides;
}

Tensor pick(const Tensor& from, Shape shape, const std::vector<std::size_t>& indices) {
  Tensor result = make_tensor(from.type(), std::move(shape));
  const std::size_t size = ir::size_of(from.type());
  for (std::size_t i = 0; i < indices.size(); ++i) {
    std::memcpy(result.bytes().data() + i * size, from.bytes().data() + indices[i] * size, size);
  }
  return result;
}

Tensor reshaped(const Tensor& from, Shape shape) {
  Tensor result = make_tensor(from.type(), std::move(shape));
  std::ranges::copy(from.bytes(), result.bytes().begin());
  return result;
}

}  // namespace

Tensor expand_to(const Tensor& from, const Shape& shape) {
  if (bounded_count(shape) > kLargestFoldedTensor) throw LeftAlone{};
  return pick(from, shape, view(shape, 0, broadcast_strides(from.shape(), shape)));
}

Tensor gather(const Call& call) {
  const Tensor& data = call.value(0);
  const std::size_t axis = resolve_axis(call.node, call.node.integer("axis", 0), data.shape().size());
  const std::int64_t size = data.shape()[axis];
  Shape shape(data.shape().begin(), data.shape().begin() + static_cast<std::ptrdiff_t>(axis));
  shape.insert(shape.end(), call.shape(1).begin(), call.shape(1).end());
  shape.insert(shape.end(), data.shape().begin() + static_cast<std::ptrdiff_t>(axis) + 1, data.shape().end());
  if (bounded_count(shape) > kLargestFoldedTensor) throw LeftAlone{};
  const std::int64_t inner = row_major(data.shape())[axis];
  const std::int64_t outer =
      bounded_count(Shape(data.shape().begin(), data.shape().begin() + static_cast<std::ptrdiff_t>(axis)));
  std::vector<std::size_t> indices;
  for (std::int64_t o = 0; o < outer; ++o) {
    for (std::int64_t at : call.integers(1)) {
      if (at < -size || at >= size)
        refuse(call.node, fmt::format("index {} on an axis of size {}", at, size));
      if (at < 0) at += size;
      for (std::int64_t i = 0; i < inner; ++i)
        indices.push_back(static_cast<std::size_t>((o * size + at) * inner + i));
    }
  }
  return pick(data, shape, indices);
}

Tensor concat(const Call& call) {
  const Tensor& first = call.value(0);
  const std::size_t axis = resolve_axis(call.node, call.node.integer("axis", 0), first.shape().size());
  Shape shape = first.shape();
  shape[axis] = 0;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    Shape other = call.shape(i);
    if (other.size() != shape.size() || call.value(i).type() != first.type())
      refuse(call.node, "inputs differ in rank or type");
    shape[axis] += other[axis];
    other[axis] = first.shape()[axis];
    if (other != first.shape()) refuse(call.node, "inputs differ beside the joined axis");
  }
  Tensor result = make_tensor(first.type(), shape);
  const std::int64_t outer =
      bounded_count(Shape(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(axis)));
  std::size_t to = 0;
  for (std::size_t o = 0; o < static_cast<std::size_t>(outer); ++o) {
    for (std::size_t i = 0; i < call.inputs.size(); ++i) {
      const auto from = call.value(i).bytes();
      const std::size_t run = from.size() / static_cast<std::size_t>(outer);
      std::ranges::copy(from.subspan(o * run, run), result.bytes().begin() + static_cast<std::ptrdiff_t>(to));
      to += run;
    }
  }
  return result;
}

Tensor slice(const Call& call) {
  const Tensor& data = call.value(0);
  const auto starts = call.list(1, "starts"), ends = call.list(2, "ends");
  auto axes = call.list(3, "axes");
  auto steps = call.has(4) ? call.integers(4) : std::vector<std::int64_t>(starts.size(), 1);
  if (axes.empty()) {
    for (std::size_t i = 0; i < starts.size(); ++i) axes.push_back(static_cast<std::int64_t>(i));
  }
  if (ends.size() != starts.size() || axes.size() != starts.size() || steps.size() != starts.size()) {
    refuse(call.node, "starts, ends, axes and steps differ in length");
  }
  Shape shape = data.shape();
  Strides strides = row_major(shape);
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::size_t axis = resolve_axis(call.node, axes[i], shape.size());
    const std::int64_t size = data.shape()[axis];
    const std::int64_t step = std::clamp(steps[i], -kLargestValue, kLargestValue);
    if (step == 0) refuse(call.node, "a step of 0");
    const auto bound = [&](std::int64_t at, std::int64_t lo, std::int64_t hi) {
      return std::clamp(at < 0 ? at + size : at, lo, hi);
    };
    const std::int64_t start = step > 0 ? bound(starts[i], 0, size) : bound(starts[i], 0, size - 1);
    const std::int64_t end = step > 0 ? bound(ends[i], 0, size) : bound(ends[i], -1, size - 1);
    const std::int64_t span = step > 0 ? end - start : start - end, stride = std::abs(step);
    shape[axis] = size == 0 ? 0 : std::max<std::int64_t>(0, (span + stride - 1) / stride);
    offset += shape[axis] > 0 ? start * strides[axis] : 0;
    strides[axis] *= step;
  }
  if (bounded_count(shape) == 0) return make_tensor(data.type(), shape);
  return pick(data, shape, view(shape, offset, strides));
}

Tensor squeeze(const Call& call) {
  const bool given = call.has(1) || call.node.has_attribute("axes");
  const auto axes = call.list(1, "axes");
  return reshaped(call.value(0), squeezed(call.node, call.shape(0), given ? &axes : nullptr));
}

Tensor unsqueeze(const Call& call) {
  return reshaped(call.value(0), unsqueezed(call.node, call.shape(0), call.list(1, "axes")));
}

Tensor reshape(const Call& call) {
  return reshaped(call.value(0), resolve_reshape(call.node, call.shape(0), call.integers(1)));
}

Tensor identity(const Call& call) { return call.value(0); }

Tensor constant_of_shape(const Call& call) {
  const auto shape = call.integers(0);
  for (const std::int64_t size : shape) {
    if (size < 0) refuse(call.node, fmt::format("a size of {}", size));
  }
  const auto value = call.node.attributes.find("value");
  if (value == call.node.attributes.end()) return make_tensor(ir::DType::f32, shape);
  const auto* one = std::get_if<Tensor>(&value->second);
  if (one == nullptr || one->size() != 1)
    refuse(call.node, "attribute 'value' must be a tensor of one element");
  return expand_to(reshaped(*one, {}), shape);
}

Tensor expand(const Call& call) {
  const auto shape = call.integers(1);
  for (const std::int64_t size : shape) {
    if (size < 0) refuse(call.node, fmt::format("a size of {}", size));
  }
  return expand_to(call.value(0), broadcast(call.node, call.shape(0), shape));
}

Tensor tile(const Call& call) {
  const auto repeats = call.integers(1);
  const Shape& from = call.shape(0);
  if (repeats.size() != from.size()) refuse(call.node, "one number of repeats an axis is needed");
  Shape split, spread, joined;  // [a, b] -> [1, a, 1, b] -> [r, a, s, b] -> [r a, s b]
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (repeats[i] < 0 || repeats[i] > kLargestFoldedTensor)
      refuse(call.node, fmt::format("{} repeats", repeats[i]));
    split.insert(split.end(), {1, from[i]}), spread.insert(spread.end(), {repeats[i], from[i]});
    joined.push_back(repeats[i] * from[i]);
  }
  return reshaped(expand_to(reshaped(call.value(0), split), spread), joined);
}

Tensor transpose(const Call& call) {
  const Shape& from = call.shape(0);
  Strides strides = row_major(from), moved;
  std::vector<std::int64_t> reversed;
  for (std::size_t i = from.size(); i-- > 0;) reversed.push_back(static_cast<std::int64_t>(i));
  Shape shape;
  for (const std::int64_t axis : call.node.integers("perm", reversed)) {
    const std::size_t at = resolve_axis(call.node, axis, from.size());
    shape.push_back(from[at]), moved.push_back(strides[at]);
  }
  if (shape.size() != from.size() || bounded_count(shape) != bounded_count(from))
    refuse(call.node, "perm is no permutation");
  return pick(call.value(0), shape, view(shape, 0, moved));
}

Tensor scatter_nd(const Call& call) {
  if (call.node.text("reduction", "none") != "none") throw LeftAlone{};
  Tensor result = call.value(0);
  const Tensor& updates = call.value(2);
  const Shape &data = result.shape(), &shape = call.shape(1);
  const std::size_t depth = shape.empty() ? 0 : static_cast<std::size_t>(shape.back());
  if (depth < 1 || depth > data.size()) refuse(call.node, "index tuples do not fit the data");
  const Strides strides = row_major(data);
  const auto indices = call.integers(1);
  const std::size_t run = static_cast<std::size_t>(strides[depth - 1]) * ir::size_of(result.type());
  if (updates.bytes().size() != indices.size() / depth * run)
    refuse(call.node, "updates do not fit the indices");
  for (std::size_t i = 0; i < indices.size() / depth; ++i) {
    std::int64_t at = 0;
    for (std::size_t d = 0; d < depth; ++d) {
      const std::int64_t index = indices[i * depth + d];
      if (index < -data[d] || index >= data[d])
        refuse(call.node, fmt::format("index {} on an axis of size {}", index, data[d]));
      at += (index < 0 ? index + data[d] : index) * strides[d];
    }
    std::memcpy(result.bytes().data() + static_cast<std::size_t>(at) * ir::size_of(result.type()),
                updates.bytes().data() + i * run, run);
  }
  return result;
}

}  // namespace nnp::compiler::folding
