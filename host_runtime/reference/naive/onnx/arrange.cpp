// SPDX-License-Identifier: Apache-2.0
// Elements in another order or place.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "host_runtime/reference/naive/onnx/functions.h"

namespace nnp::reference::naive {
namespace {

std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }

struct Image {
  std::size_t n, c, h, w, block;
};
Image image_of(const OnnxCall& call) {
  const ir::Shape& shape = call.shape(0);
  const std::int64_t block = call.integer("blocksize", 0);
  if (shape.size() != 4 || block < 1) call.fail(fmt::format("{} in blocks of {}", to_text(shape), block));
  return {size(shape[0]), size(shape[1]), size(shape[2]), size(shape[3]), size(block)};
}

/// Whole slices along an axis as bytes: how Unique compares them.
template <typename T>
std::vector<std::vector<T>> slices_of(std::span<const T> x, const AxisSplit& split) {
  std::vector<std::vector<T>> slices(split.size);
  for (std::size_t o = 0; o < split.outer; ++o)
    for (std::size_t k = 0; k < split.size; ++k)
      for (std::size_t i = 0; i < split.inner; ++i)
        slices[k].push_back(x[(o * split.size + k) * split.inner + i]);
  return slices;
}

}  // namespace

void onnx_depth_to_space(OnnxCall& call) {
  const Image m = image_of(call);
  const bool crd = call.text("mode", "DCR") == "CRD";
  const std::size_t b = m.block, c = m.c / (b * b);
  if (c * b * b != m.c) call.fail(fmt::format("{} channels in blocks of {}", m.c, b));
  const ir::Shape& s = call.shape(0);
  const auto k = static_cast<std::int64_t>(b);
  with_input_type(call, 0, [&](auto element) {
    using T = decltype(element);
    const auto x = call.data<T>(0);
    const auto y = call.make_data<T>(0, {s[0], s[1] / (k * k), s[2] * k, s[3] * k});
    for (std::size_t at = 0; at < x.size(); ++at) {
      const std::size_t w = at % m.w, h = at / m.w % m.h, from = at / (m.w * m.h) % m.c,
                        n = at / (m.w * m.h * m.c);
      const std::size_t channel = crd ? from / (b * b) : from % c, offset = crd ? from % (b * b) : from / c;
      y[((n * c + channel) * m.h * b + h * b + offset / b) * m.w * b + w * b + offset % b] = x[at];
    }
  });
}

void onnx_space_to_depth(OnnxCall& call) {
  const Image m = image_of(call);
  const std::size_t b = m.block, h = m.h / b, w = m.w / b;
  if (h * b != m.h || w * b != m.w) call.fail(fmt::format("{} in blocks of {}", to_text(call.shape(0)), b));
  const ir::Shape& s = call.shape(0);
  const auto k = static_cast<std::int64_t>(b);
  with_input_type(call, 0, [&](auto element) {
    using T = decltype(element);
    const auto x = call.data<T>(0);
    const auto y = call.make_data<T>(0, {s[0], s[1] * k * k, s[2] / k, s[3] / k});
    for (std::size_t at = 0; at < x.size(); ++at) {
      const std::size_t column = at % m.w, row = at / m.w % m.h, channel = at / (m.w * m.h) % m.c,
                        n = at / (m.w * m.h * m.c);
      const std::size_t to = (row % b * b + column % b) * m.c + channel;
      y[((n * m.c * b * b + to) * h + row / b) * w + column / b] = x[at];
    }
  });
}

/// Trilu: the upper or lower triangle of matrices, moved by k diagonals.
void onnx_triangle(OnnxCall& call) {
  const ir::Shape& shape = call.shape(0);
  if (shape.size() < 2) call.fail(to_text(shape) + " is no matrix");
  const bool upper = call.integer("upper", 1) != 0;
  const std::int64_t k = call.scalar(1, 0), columns = shape.back(), rows = shape[shape.size() - 2];
  with_input_type(call, 0, [&](auto element) {
    using T = decltype(element);
    const auto x = call.data<T>(0);
    const auto y = call.make_data<T>(0, shape);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const std::int64_t column = static_cast<std::int64_t>(i) % columns,
                         row = static_cast<std::int64_t>(i) / columns % rows;
      if (upper ? column - row >= k : column - row <= k) y[i] = x[i];
    }
  });
}

void onnx_reverse_sequence(OnnxCall& call) {
  const ir::Shape& shape = call.shape(0);
  const std::size_t batch = size(call.integer("batch_axis", 1)), time = size(call.integer("time_axis", 0));
  if (batch + time != 1 || shape.size() < 2) call.fail("batch and time must be the first two axes");
  const auto lengths = call.integers(1);
  const std::size_t first = size(shape[0]), second = size(shape[1]);
  if (lengths.size() != size(shape[batch])) call.fail("one length an element of the batch is needed");
  const std::size_t run = size(ir::element_count({shape.begin() + 2, shape.end()}));
  with_input_type(call, 0, [&](auto element) {
    using T = decltype(element);
    const auto x = call.data<T>(0);
    const auto y = call.make_data<T>(0, shape);
    for (std::size_t i = 0; i < first * second; ++i) {
      const std::size_t t = time == 0 ? i / second : i % second, b = time == 0 ? i % second : i / second;
      if (lengths[b] < 0 || size(lengths[b]) > size(shape[time]))
        call.fail(fmt::format("length {}", lengths[b]));
      const std::size_t from_t = t < size(lengths[b]) ? size(lengths[b]) - 1 - t : t;
      const std::size_t from = time == 0 ? from_t * second + b : b * second + from_t;
      std::copy_n(x.begin() + static_cast<std::ptrdiff_t>(from * run), run,
                  y.begin() + static_cast<std::ptrdiff_t>(i * run));
    }
  });
}

void onnx_eye_like(OnnxCall& call) {
  const std::int64_t k = call.integer("k", 0);
  const ir::Shape& shape = call.shape(0);
  if (shape.size() != 2) call.fail(to_text(shape) + " is no matrix");
  ir::with_element_type(call.result().type, [&](auto element) {
    using T = decltype(element);
    const auto y = call.make_data<T>(0, shape);
    for (std::int64_t row = std::max<std::int64_t>(0, -k); row < shape[0] && row + k < shape[1]; ++row)
      y[size(row * shape[1] + row + k)] = static_cast<T>(1);
  });
}

/// Indices of the elements that are not zero: [rank, count], the last axis fastest.
void onnx_non_zero(OnnxCall& call) {
  const ir::Shape& shape = call.shape(0);
  std::vector<std::size_t> found;
  with_input_type(call, 0, [&](auto element) {
    using T = decltype(element);
    const auto x = call.data<T>(0);
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (x[i] != T{}) found.push_back(i);
    }
  });
  const auto y = call.make_data<std::int64_t>(
      0, {static_cast<std::int64_t>(shape.size()), static_cast<std::int64_t>(found.size())});
  for (std::size_t k = 0; k < found.size(); ++k) {
    std::size_t rest = found[k];
    for (std::size_t d = shape.size(); d-- > 0;) {
      y[d * found.size() + k] = static_cast<std::int64_t>(rest % size(shape[d]));
      rest /= size(shape[d]);
    }
  }
}

/// Outputs: the distinct slices along an axis (elements without one), where each is first, which each one is,
/// and how often it is there. Sorted, or in the order of their first.
void onnx_unique(OnnxCall& call) {
  const bool flat = !call.has_attribute("axis"), sorted = call.integer("sorted", 1) != 0;
  ir::Shape shape = flat ? ir::Shape{ir::element_count(call.shape(0))} : call.shape(0);
  const std::size_t axis = flat ? 0 : call.axis(call.integer("axis", 0), shape.size());
  const AxisSplit split = split_at(shape, axis);
  with_input_type(call, 0, [&](auto element) {
    using T = decltype(element);
    const auto slices = slices_of(call.data<T>(0), split);
    std::map<std::vector<Arithmetic<T>>, std::vector<std::size_t>> places;
    for (std::size_t i = 0; i < slices.size(); ++i) places[{slices[i].begin(), slices[i].end()}].push_back(i);
    std::vector<const std::vector<std::size_t>*> order;
    for (const auto& entry : places) order.push_back(&entry.second);
    if (!sorted) std::ranges::sort(order, {}, [](const auto* list) { return list->front(); });
    const auto count = static_cast<std::int64_t>(order.size());
    shape[axis] = count;
    const auto y = call.make_data<T>(0, shape);
    for (std::size_t k = 0; k < order.size(); ++k)
      for (std::size_t o = 0; o < split.outer; ++o)
        for (std::size_t i = 0; i < split.inner; ++i)
          y[(o * order.size() + k) * split.inner + i] = slices[order[k]->front()][o * split.inner + i];
    const auto store = [&](std::size_t output, std::size_t elements, auto value) {
      if (!call.wants(output)) return;
      const auto to = call.make_data<std::int64_t>(output, {static_cast<std::int64_t>(elements)});
      for (std::size_t k = 0; k < order.size(); ++k) value(to, k);
    };
    store(1, order.size(),
          [&](auto to, std::size_t k) { to[k] = static_cast<std::int64_t>(order[k]->front()); });
    store(2, split.size, [&](auto to, std::size_t k) {
      for (const std::size_t i : *order[k]) to[i] = static_cast<std::int64_t>(k);
    });
    store(3, order.size(),
          [&](auto to, std::size_t k) { to[k] = static_cast<std::int64_t>(order[k]->size()); });
  });
}

}  // namespace nnp::reference::naive
