// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/networks/evaluator_tensors.h"

#include <algorithm>
#include <cmath>

namespace nnp::models::test {
namespace {

using Index = std::int64_t;
using Shape = std::vector<Index>;

Index size_before(const Shape& shape, Index axis) { return product({shape.begin(), shape.begin() + axis}); }
Index size_behind(const Shape& shape, Index axis) { return product({shape.begin() + axis + 1, shape.end()}); }
Index resolved(Index axis, const Shape& shape) {
  return axis < 0 ? axis + static_cast<Index>(shape.size()) : axis;
}

Shape broadcast(const Shape& left, const Shape& right) {
  Shape shape = left.size() >= right.size() ? left : right;
  const Shape& shorter = left.size() >= right.size() ? right : left;
  for (std::size_t i = 0; i < shorter.size(); ++i) {
    Index& size = shape[shape.size() - 1 - i];
    if (size == 1) size = shorter[shorter.size() - 1 - i];
  }
  return shape;
}

// Where element `at` of a tensor of `shape` is found in one of `source` that broadcasts to it.
std::size_t source_index(Index at, const Shape& shape, const Shape& source) {
  Index index = 0;
  Index stride = 1;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const Index size = shape[shape.size() - 1 - i];
    if (i < source.size()) {
      const Index own = source[source.size() - 1 - i];
      index += own == 1 ? 0 : at % size * stride;
      stride *= own;
    }
    at /= size;
  }
  return static_cast<std::size_t>(index);
}

}  // namespace

Index product(const Shape& shape) {
  Index count = 1;
  for (const Index size : shape) count *= size;
  return count;
}

Shape integers(const Tensor& tensor) {
  Shape values;
  for (const float value : tensor.values) values.push_back(static_cast<Index>(value));
  return values;
}

Tensor elementwise(const Tensor& left, const Tensor& right,
                   const std::function<float(float, float)>& function) {
  Tensor y{broadcast(left.shape, right.shape), {}};
  for (Index at = 0; at < product(y.shape); ++at)
    y.values.push_back(function(left.values[source_index(at, y.shape, left.shape)],
                                right.values[source_index(at, y.shape, right.shape)]));
  return y;
}

Tensor where(const Tensor& condition, const Tensor& left, const Tensor& right) {
  Tensor y{broadcast(condition.shape, broadcast(left.shape, right.shape)), {}};
  for (Index at = 0; at < product(y.shape); ++at) {
    const Tensor& chosen = condition.values[source_index(at, y.shape, condition.shape)] != 0 ? left : right;
    y.values.push_back(chosen.values[source_index(at, y.shape, chosen.shape)]);
  }
  return y;
}

Tensor transpose(const Tensor& x, const Shape& permutation) {
  Tensor y;
  Shape strides;
  for (const Index axis : permutation) {
    y.shape.push_back(x.shape[static_cast<std::size_t>(axis)]);
    strides.push_back(size_behind(x.shape, axis));
  }
  for (Index at = 0; at < product(y.shape); ++at) {
    Index rest = at, from = 0;
    for (std::size_t i = y.shape.size(); i-- > 0; rest /= y.shape[i]) from += rest % y.shape[i] * strides[i];
    y.values.push_back(x.values[static_cast<std::size_t>(from)]);
  }
  return y;
}

Tensor reshape(Tensor x, Shape shape) {
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (shape[i] == 0) shape[i] = x.shape[i];
  const Index known = std::abs(product(shape));
  for (Index& size : shape)
    if (size == -1) size = product(x.shape) / known;
  x.shape = shape;
  return x;
}

Tensor product_of_matrices(const Tensor& left, const Tensor& right) {
  const auto outer = [](const Tensor& x) { return Shape{x.shape.begin(), x.shape.end() - 2}; };
  const Index rows = left.shape[left.shape.size() - 2], inner = left.shape.back(), cols = right.shape.back();
  Tensor y{broadcast(outer(left), outer(right)), {}};
  const Shape batch = y.shape;
  y.shape.insert(y.shape.end(), {rows, cols});
  for (Index n = 0; n < product(batch); ++n) {
    const float* a =
        left.values.data() + static_cast<Index>(source_index(n, batch, outer(left))) * rows * inner;
    const float* b =
        right.values.data() + static_cast<Index>(source_index(n, batch, outer(right))) * inner * cols;
    for (Index i = 0; i < rows; ++i) {
      for (Index j = 0; j < cols; ++j) {
        float sum = 0;
        for (Index k = 0; k < inner; ++k) sum += a[i * inner + k] * b[k * cols + j];
        y.values.push_back(sum);
      }
    }
  }
  return y;
}

Tensor part(const Tensor& x, Index axis, Index begin, Index end) {
  axis = resolved(axis, x.shape);
  const Index size = x.shape[static_cast<std::size_t>(axis)], inner = size_behind(x.shape, axis);
  end = std::min(end, size);
  Tensor y{x.shape, {}};
  y.shape[static_cast<std::size_t>(axis)] = end - begin;
  for (Index outer = 0; outer < size_before(x.shape, axis); ++outer) {
    const auto from = x.values.begin() + outer * size * inner;
    y.values.insert(y.values.end(), from + begin * inner, from + end * inner);
  }
  return y;
}

Tensor concat(const std::vector<const Tensor*>& parts, Index axis) {
  axis = resolved(axis, parts.at(0)->shape);
  Tensor y{parts[0]->shape, {}};
  y.shape[static_cast<std::size_t>(axis)] = 0;
  for (const Tensor* each : parts)
    y.shape[static_cast<std::size_t>(axis)] += each->shape[static_cast<std::size_t>(axis)];
  for (Index outer = 0; outer < size_before(y.shape, axis); ++outer) {
    for (const Tensor* each : parts) {
      const Index length = product(each->shape) / size_before(y.shape, axis);
      const auto from = each->values.begin() + outer * length;
      y.values.insert(y.values.end(), from, from + length);
    }
  }
  return y;
}

Tensor gather(const Tensor& x, const Tensor& indices, Index axis) {
  const Index size = x.shape[static_cast<std::size_t>(axis)], inner = size_behind(x.shape, axis);
  Tensor y{{x.shape.begin(), x.shape.begin() + axis}, {}};
  y.shape.insert(y.shape.end(), indices.shape.begin(), indices.shape.end());
  y.shape.insert(y.shape.end(), x.shape.begin() + axis + 1, x.shape.end());
  for (Index outer = 0; outer < size_before(x.shape, axis); ++outer) {
    for (const Index index : integers(indices)) {
      const auto from = x.values.begin() + (outer * size + index) * inner;
      y.values.insert(y.values.end(), from, from + inner);
    }
  }
  return y;
}

Tensor softmax(Tensor x) {
  for (auto row = x.values.begin(); row != x.values.end(); row += x.shape.back()) {
    const auto end = row + x.shape.back();
    const float highest = *std::max_element(row, end);
    float sum = 0;
    for (auto at = row; at != end; ++at) sum += * at = std::exp(*at - highest);
    for (auto at = row; at != end; ++at) *at /= sum;
  }
  return x;
}

Tensor mean_along_last(const Tensor& x) {
  Tensor y{x.shape, {}};
  y.shape.back() = 1;
  for (auto row = x.values.begin(); row != x.values.end(); row += x.shape.back()) {
    float sum = 0;
    for (auto at = row; at != row + x.shape.back(); ++at) sum += *at;
    y.values.push_back(sum / static_cast<float>(x.shape.back()));
  }
  return y;
}

}  // namespace nnp::models::test
