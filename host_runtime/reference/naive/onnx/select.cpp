// SPDX-License-Identifier: Apache-2.0
// Operators that ask which element is the largest.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "host_runtime/reference/naive/onnx/functions.h"

namespace nnp::reference::naive {
namespace {

std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }

/// First element of line `line` along a split axis.
std::size_t first_of(const AxisSplit& split, std::size_t line) {
  return line / split.inner * split.inner * split.size + line % split.inner;
}

struct Box {
  float y1, x1, y2, x2;
  float area() const { return (y2 - y1) * (x2 - x1); }
};

Box box_at(std::span<const float> boxes, std::size_t at, bool centre) {
  const float a = boxes[at * 4], b = boxes[at * 4 + 1], c = boxes[at * 4 + 2], d = boxes[at * 4 + 3];
  if (centre) return {b - d / 2, a - c / 2, b + d / 2, a + c / 2};          // x, y, width, height
  return {std::min(a, c), std::min(b, d), std::max(a, c), std::max(b, d)};  // any two opposite corners
}

float intersection_over_union(const Box& a, const Box& b) {
  const float height = std::min(a.y2, b.y2) - std::max(a.y1, b.y1),
              width = std::min(a.x2, b.x2) - std::max(a.x1, b.x1);
  if (height <= 0 || width <= 0) return 0;
  const float common = height * width, all = a.area() + b.area() - common;
  return all > 0 ? common / all : 0;
}

}  // namespace

void onnx_arg_extreme(OnnxCall& call) {
  const ir::Shape& shape = call.shape(0);
  const std::size_t axis = call.axis(call.integer("axis", 0), shape.size());
  const bool largest = call.op() == "ArgMax", last = call.integer("select_last_index", 0) != 0;
  const AxisSplit split = split_at(shape, axis);
  ir::Shape result = shape;
  if (call.integer("keepdims", 1) != 0)
    result[axis] = 1;
  else
    result.erase(result.begin() + static_cast<std::ptrdiff_t>(axis));
  with_input_type(call, 0, [&](auto element) {
    const auto x = call.data<decltype(element)>(0);
    const auto y = call.make_data<std::int64_t>(0, result);
    for (std::size_t line = 0; line < y.size(); ++line) {
      const std::size_t first = first_of(split, line);
      std::size_t best = 0;
      for (std::size_t i = 1; i < split.size; ++i) {
        const auto a = x[first + i * split.inner], b = x[first + best * split.inner];
        if ((largest ? a > b : a < b) || (last && a == b)) best = i;
      }
      y[line] = static_cast<std::int64_t>(best);
    }
  });
}

/// Of equal elements the one with the smaller index comes first.
void onnx_top_k(OnnxCall& call) {
  const ir::Shape& shape = call.shape(0);
  const std::size_t axis = call.axis(call.integer("axis", -1), shape.size());
  const std::int64_t k = call.inputs() > 1 ? call.scalar(1, 0) : call.integer("k", 0);
  const bool largest = call.integer("largest", 1) != 0;
  const AxisSplit split = split_at(shape, axis);
  if (k < 0 || size(k) > split.size) call.fail(fmt::format("k {} of {} elements", k, split.size));
  ir::Shape result = shape;
  result[axis] = k;
  with_input_type(call, 0, [&](auto element) {
    using T = decltype(element);
    const auto x = call.data<T>(0);
    std::vector<T> values(size(ir::element_count(result)));
    std::vector<std::int64_t> indices(values.size());
    std::vector<std::size_t> order(split.size);
    for (std::size_t line = 0; line < split.outer * split.inner; ++line) {
      const std::size_t first = first_of(split, line);
      std::iota(order.begin(), order.end(), std::size_t{0});
      std::ranges::stable_sort(order, [&](std::size_t i, std::size_t j) {
        const T a = x[first + i * split.inner], b = x[first + j * split.inner];
        return largest ? a > b : a < b;
      });
      for (std::size_t i = 0; i < size(k); ++i) {
        const std::size_t to = (line / split.inner * size(k) + i) * split.inner + line % split.inner;
        values[to] = x[first + order[i] * split.inner];
        indices[to] = static_cast<std::int64_t>(order[i]);
      }
    }
    if (call.wants(0)) std::ranges::copy(values, call.make_data<T>(0, result).begin());
    if (call.wants(1)) std::ranges::copy(indices, call.make_data<std::int64_t>(1, result).begin());
  });
}

/// One at the first largest element along an axis; before operator set 13 of the input seen as a matrix.
void onnx_hardmax(OnnxCall& call) {
  const ir::Shape& shape = call.shape(0);
  const bool flattens = call.opset() < 13;
  const std::size_t axis = call.axis(call.integer("axis", flattens ? 1 : -1), shape.size());
  AxisSplit split = split_at(shape, axis);
  if (flattens) split = {split.outer, split.size * split.inner, 1};
  with_input_type(call, 0, [&](auto element) {
    using T = decltype(element);
    const auto x = call.data<T>(0);
    const auto y = call.make_data<T>(0, shape);
    for (std::size_t line = 0; line < split.outer * split.inner; ++line) {
      const std::size_t first = first_of(split, line);
      std::size_t best = 0;
      for (std::size_t i = 1; i < split.size; ++i) {
        if (x[first + i * split.inner] > x[first + best * split.inner]) best = i;
      }
      if (split.size > 0) y[first + best * split.inner] = static_cast<T>(1);
    }
  });
}

/// Boxes by falling score, each unless it overlaps a chosen one of its class too much. Output [n, 3]: batch,
/// class, box.
void onnx_non_max_suppression(OnnxCall& call) {
  const auto boxes = call.data<float>(0), scores = call.data<float>(1);
  const ir::Shape& shape = call.shape(1);  // [batches, classes, boxes]
  if (shape.size() != 3) call.fail(to_text(shape) + " are no scores of batch, class and box");
  const std::size_t batches = size(shape[0]), classes = size(shape[1]), count = size(shape[2]);
  if (boxes.size() != batches * count * 4) call.fail(to_text(call.shape(0)) + " are no boxes of the scores");
  const std::int64_t most = call.scalar(2, 0);
  const auto threshold = [&](std::size_t i, float otherwise) {
    return call.has(i) ? call.floats(i).at(0) : otherwise;
  };
  const float overlap = threshold(3, 0), least = threshold(4, -std::numeric_limits<float>::infinity());
  const bool centre = call.integer("center_point_box", 0) != 0;
  std::vector<std::int64_t> chosen;
  for (std::size_t b = 0; b < batches; ++b)
    for (std::size_t c = 0; c < classes; ++c) {
      const auto score = scores.subspan((b * classes + c) * count, count);
      std::vector<std::size_t> order, kept;
      for (std::size_t i = 0; i < count; ++i) {
        if (score[i] > least) order.push_back(i);
      }
      std::ranges::stable_sort(order, [&](std::size_t i, std::size_t j) { return score[i] > score[j]; });
      const auto box = [&](std::size_t i) { return box_at(boxes, b * count + i, centre); };
      for (const std::size_t i : order) {
        if (static_cast<std::int64_t>(kept.size()) >= most) break;
        if (std::ranges::any_of(
                kept, [&](std::size_t k) { return intersection_over_union(box(i), box(k)) > overlap; }))
          continue;
        kept.push_back(i);
        for (const std::size_t number : {b, c, i}) chosen.push_back(static_cast<std::int64_t>(number));
      }
    }
  std::ranges::copy(
      chosen, call.make_data<std::int64_t>(0, {static_cast<std::int64_t>(chosen.size() / 3), 3}).begin());
}

}  // namespace nnp::reference::naive
