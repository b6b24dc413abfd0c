// SPDX-License-Identifier: Apache-2.0
// Picking and placing elements by index tensors. Negative indices count from the end.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "host_runtime/reference/naive/onnx/functions.h"

namespace nnp::reference::naive {
namespace {

std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }

std::size_t checked(const OnnxCall& call, std::int64_t index, std::int64_t count) {
  if (index < -count || index >= count)
    call.fail(fmt::format("index {}; allowed are {} to {}", index, -count, count - 1));
  return size(index < 0 ? index + count : index);
}

std::vector<std::size_t> row_major(const ir::Shape& shape) {
  std::vector<std::size_t> strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * size(shape[i]);
  return strides;
}

/// For every element of the index tensor, where in `data` it points: its own place, but for `axis`.
std::vector<std::size_t> element_places(const OnnxCall& call, const ir::Shape& data, std::size_t axis) {
  const ir::Shape& shape = call.shape(1);
  if (shape.size() != data.size()) call.fail("data and indices differ in rank");
  const auto strides = row_major(data), own = row_major(shape);
  const auto indices = call.integers(1);
  std::vector<std::size_t> places(indices.size());
  for (std::size_t i = 0; i < indices.size(); ++i) {
    for (std::size_t d = 0, rest = i; d < shape.size(); rest %= own[d], ++d) {
      const std::size_t at = d == axis ? checked(call, indices[i], data[d]) : rest / own[d];
      if (at >= size(data[d])) call.fail(fmt::format("axis {} of indices {} is too long", d, to_text(shape)));
      places[i] += at * strides[d];
    }
  }
  return places;
}

/// For every index tuple of the last axis, the first element of the block it points to, and a block's size.
struct Blocks {
  std::vector<std::size_t> starts;
  std::size_t length;
};
Blocks blocks_of(const OnnxCall& call, const ir::Shape& data, std::size_t batch) {
  const ir::Shape& shape = call.shape(1);
  if (shape.empty()) call.fail("indices are a scalar");
  const std::size_t depth = size(shape.back());
  if (depth < 1 || batch + depth > data.size())
    call.fail(fmt::format("index tuples of {} for data {}", depth, to_text(data)));
  const auto strides = row_major(data);
  const auto indices = call.integers(1);
  const std::size_t tuples = indices.size() / depth;
  std::size_t batches = 1;
  for (std::size_t d = 0; d < batch; ++d) batches *= size(data[d]);
  Blocks blocks{{}, strides[batch + depth - 1]};
  const std::size_t per_batch = batch == 0 ? 0 : strides[batch - 1];
  for (std::size_t i = 0; i < tuples; ++i) {
    std::size_t at = batch == 0 ? 0 : i / (tuples / batches) * per_batch;
    for (std::size_t d = 0; d < depth; ++d)
      at += checked(call, indices[i * depth + d], data[batch + d]) * strides[batch + d];
    blocks.starts.push_back(at);
  }
  return blocks;
}

/// Puts an update onto an element as `reduction` says.
template <typename T>
void place(const OnnxCall& call, const std::string& reduction, T& at, T update) {
  using A = Arithmetic<T>;
  if (reduction == "none")
    at = update;
  else if (reduction == "add")
    at = static_cast<T>(static_cast<A>(at) + static_cast<A>(update));
  else if (reduction == "mul")
    at = static_cast<T>(static_cast<A>(at) * static_cast<A>(update));
  else if (reduction == "max")
    at = std::max<A>(at, update) == static_cast<A>(at) ? at : update;
  else if (reduction == "min")
    at = std::min<A>(at, update) == static_cast<A>(at) ? at : update;
  else
    call.fail(fmt::format("reduction '{}'", reduction));
}

}  // namespace

void onnx_gather_elements(OnnxCall& call) {
  const auto places =
      element_places(call, call.shape(0), call.axis(call.integer("axis", 0), call.shape(0).size()));
  with_input_type(call, 0, [&](auto element) {
    using T = decltype(element);
    const auto x = call.data<T>(0);
    const auto y = call.make_data<T>(0, call.shape(1));
    for (std::size_t i = 0; i < y.size(); ++i) y[i] = x[places[i]];
  });
}

void onnx_gather_nd(OnnxCall& call) {
  const auto batch = size(call.integer("batch_dims", 0));
  const ir::Shape &data = call.shape(0), &indices = call.shape(1);
  const Blocks blocks = blocks_of(call, data, batch);
  ir::Shape shape(indices.begin(), indices.end() - 1);
  shape.insert(shape.end(), data.begin() + static_cast<std::ptrdiff_t>(batch) + indices.back(), data.end());
  with_input_type(call, 0, [&](auto element) {
    using T = decltype(element);
    const auto x = call.data<T>(0);
    auto to = call.make_data<T>(0, shape).begin();
    for (const std::size_t start : blocks.starts)
      to = std::copy_n(x.begin() + static_cast<std::ptrdiff_t>(start), blocks.length, to);
  });
}

void onnx_scatter_elements(OnnxCall& call) {
  const auto places =
      element_places(call, call.shape(0), call.axis(call.integer("axis", 0), call.shape(0).size()));
  const std::string reduction = call.text("reduction", "none");
  with_input_type(call, 0, [&](auto element) {
    using T = decltype(element);
    const auto y = call.make_data<T>(0, call.shape(0));
    std::ranges::copy(call.data<T>(0), y.begin());
    const auto updates = call.data<T>(2);
    if (updates.size() != places.size()) call.fail("updates and indices differ in shape");
    for (std::size_t i = 0; i < places.size(); ++i) place<T>(call, reduction, y[places[i]], updates[i]);
  });
}

void onnx_scatter_nd(OnnxCall& call) {
  const Blocks blocks = blocks_of(call, call.shape(0), 0);
  const std::string reduction = call.text("reduction", "none");
  with_input_type(call, 0, [&](auto element) {
    using T = decltype(element);
    const auto y = call.make_data<T>(0, call.shape(0));
    std::ranges::copy(call.data<T>(0), y.begin());
    const auto updates = call.data<T>(2);
    if (updates.size() != blocks.starts.size() * blocks.length) call.fail("updates do not fit the indices");
    for (std::size_t i = 0; i < updates.size(); ++i)
      place<T>(call, reduction, y[blocks.starts[i / blocks.length] + i % blocks.length], updates[i]);
  });
}

/// Slices along an axis where the condition holds; without an axis, of the flattened input.
void onnx_compress(OnnxCall& call) {
  const bool flat = !call.has_attribute("axis");
  ir::Shape shape = flat ? ir::Shape{ir::element_count(call.shape(0))} : call.shape(0);
  const std::size_t axis = flat ? 0 : call.axis(call.integer("axis", 0), shape.size());
  const AxisSplit split = split_at(shape, axis);
  const auto condition = call.data<bool>(1);
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < condition.size() && i < split.size; ++i) {
    if (condition[i]) kept.push_back(i);
  }
  shape[axis] = static_cast<std::int64_t>(kept.size());
  with_input_type(call, 0, [&](auto element) {
    using T = decltype(element);
    const auto x = call.data<T>(0);
    auto to = call.make_data<T>(0, shape).begin();
    for (std::size_t o = 0; o < split.outer; ++o)
      for (const std::size_t k : kept)
        to = std::copy_n(x.begin() + static_cast<std::ptrdiff_t>((o * split.size + k) * split.inner),
                         split.inner, to);
  });
}

void onnx_one_hot(OnnxCall& call) {
  const auto depths = call.floats(1), indices = call.floats(0);
  if (depths.size() != 1) call.fail("depth must be one number");
  const auto depth = static_cast<std::int64_t>(depths[0]);
  ir::Shape shape = call.shape(0);
  const std::size_t axis = call.axis(call.integer("axis", -1), shape.size() + 1);
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), depth);
  const AxisSplit split = split_at(shape, axis);
  with_input_type(call, 2, [&](auto element) {
    using T = decltype(element);
    const auto values = call.data<T>(2);  // off, on
    if (values.size() != 2) call.fail("values must be two numbers");
    const auto y = call.make_data<T>(0, shape);
    std::fill(y.begin(), y.end(), values[0]);
    for (std::size_t i = 0; i < indices.size(); ++i) {
      const auto index = static_cast<std::int64_t>(indices[i]);
      if (index < -depth || index >= depth) continue;  // ONNX: all off
      const std::size_t at = size(index < 0 ? index + depth : index);
      y[(i / split.inner * split.size + at) * split.inner + i % split.inner] = values[1];
    }
  });
}

}  // namespace nnp::reference::naive
