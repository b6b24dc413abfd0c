// SPDX-License-Identifier: Apache-2.0
// Softmax, LayerNormalization, InstanceNormalization, LRN: each the binary32 operations that the vector unit
// would do, with binary64 sums rounded once. docs/guide/numerics.md, "Floats", is the definition.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host_runtime/reference/naive/broadcast.h"
#include "host_runtime/reference/naive/operators.h"
#include "isa/numerics/functions.h"

namespace nnp::reference::naive {
namespace {

using numerics::Reduction;
using numerics::UnaryFunction;

std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }

void need_same_shape(const Operands& node) {
  if (node.input(0).shape() != node.output_value().shape)
    node.fail(fmt::format("input {} and output {} differ", to_text(node.input(0).shape()),
                          to_text(node.output_value().shape)));
}

struct Statistics {
  float mean, inverse_deviation;
};

/// y = (x - mean) / sqrt(variance + epsilon) of one row; x and y may be the same.
Statistics normalise(const float* x, float* y, std::size_t n, float epsilon) {
  const auto count = static_cast<double>(n);
  const float mean = numerics::reduce(Reduction::sum, x, 1, n, count);
  for (std::size_t i = 0; i < n; ++i) y[i] = x[i] - mean;
  const float variance = numerics::reduce(Reduction::sum_square, y, 1, n, count);
  const float inverse = numerics::unary(UnaryFunction::rsqrt, variance + epsilon);
  for (std::size_t i = 0; i < n; ++i) y[i] *= inverse;
  return {mean, inverse};
}

}  // namespace

/// e = exp((x + mask) - max), y = e / sum of e.
void run_softmax(Call& call) {
  need_same_shape(call);
  const ir::Shape& shape = call.input(0).shape();
  const auto rank = static_cast<std::int64_t>(shape.size());
  const std::int64_t given = call.attributes<ir::AxisAttributes>().axis,
                     axis = given < 0 ? given + rank : given;
  if (axis < 0 || axis >= rank) call.fail(fmt::format("axis {} of {}", given, to_text(shape)));
  const std::size_t count = size(shape[size(axis)]),
                    inner = size(ir::element_count({shape.begin() + axis + 1, shape.end()}));
  const auto x = call.data<float>(0);
  const std::vector<float> mask =
      call.has(1) ? expanded(call.data<float>(1), call.input(1).shape(), shape) : std::vector<float>{};
  const auto y = call.output_data<float>();
  std::vector<float> row(count);
  for (std::size_t line = 0; count != 0 && line < x.size() / count; ++line) {
    const std::size_t first = line / inner * inner * count + line % inner;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t at = first + i * inner;
      row[i] = mask.empty() ? x[at] : x[at] + mask[at];
    }
    const float largest = numerics::reduce(Reduction::max, row.data(), 1, count);
    for (float& value : row) value -= largest;
    numerics::unary(UnaryFunction::exp, row.data(), row.data(), count);
    const float sum = numerics::reduce(Reduction::sum, row.data(), 1, count);
    for (std::size_t i = 0; i < count; ++i) y[first + i * inner] = row[i] / sum;
  }
}

void run_layer_normalization(Call& call) {
  need_same_shape(call);
  const auto& attributes = call.attributes<ir::NormalizationAttributes>();
  const ir::Shape& shape = call.input(0).shape();
  if (attributes.axis < 0 || attributes.axis >= static_cast<std::int64_t>(shape.size()))
    call.fail("no such axis");
  const ir::Shape normalised(shape.begin() + attributes.axis, shape.end());
  const std::size_t n = size(ir::element_count(normalised));
  const auto x = call.data<float>(0);
  const std::vector<float> scale = expanded(call.data<float>(1), call.input(1).shape(), normalised);
  const std::vector<float> shift =
      call.has(2) ? expanded(call.data<float>(2), call.input(2).shape(), normalised) : std::vector<float>{};
  std::vector<float> row(n), means, inverses;
  const auto y = call.output_data<float>();
  for (std::size_t first = 0; first < x.size(); first += n) {
    const Statistics statistics = normalise(&x[first], row.data(), n, attributes.epsilon);
    means.push_back(statistics.mean), inverses.push_back(statistics.inverse_deviation);
    for (std::size_t i = 0; i < n; ++i) {
      const float scaled = row[i] * scale[i];
      y[first + i] = shift.empty() ? scaled : scaled + shift[i];
    }
  }
  if (call.wants(1)) std::ranges::copy(means, call.output_data<float>(1).begin());
  if (call.wants(2)) std::ranges::copy(inverses, call.output_data<float>(2).begin());
}

void run_instance_normalization(Call& call) {
  need_same_shape(call);
  const ir::Shape& shape = call.input(0).shape();
  if (shape.size() < 3) call.fail(to_text(shape) + " has no axes behind its channels");
  const std::size_t channels = size(shape[1]), n = size(ir::element_count({shape.begin() + 2, shape.end()}));
  const auto x = call.data<float>(0), scale = call.data<float>(1), shift = call.data<float>(2);
  if (scale.size() != channels || shift.size() != channels)
    call.fail("one scale and shift a channel is needed");
  const auto y = call.output_data<float>();
  const float epsilon = call.attributes<ir::NormalizationAttributes>().epsilon;
  for (std::size_t first = 0, plane = 0; first < x.size(); first += n, ++plane) {
    normalise(&x[first], &y[first], n, epsilon);
    for (std::size_t i = first; i < first + n; ++i) {
      const float scaled = y[i] * scale[plane % channels];
      y[i] = scaled + shift[plane % channels];
    }
  }
}

/// Squares of the channels c - (size - 1) / 2 to c + size / 2 that exist.
void run_lrn(Call& call) {
  need_same_shape(call);
  const auto& a = call.attributes<ir::LrnAttributes>();
  const ir::Shape& shape = call.input(0).shape();
  const std::int64_t channels = shape.at(1);
  const std::size_t pixels = size(ir::element_count({shape.begin() + 2, shape.end()}));
  const auto x = call.data<float>(0);
  const auto y = call.output_data<float>();
  const float factor = a.alpha / static_cast<float>(a.size);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::int64_t c = static_cast<std::int64_t>(i / pixels) % channels;
    const std::int64_t first = std::max<std::int64_t>(0, c - (a.size - 1) / 2),
                       last = std::min(channels - 1, c + a.size / 2);
    const std::size_t at = i - size(c - first) * pixels;
    const float squares = numerics::reduce(Reduction::sum_square, &x[at], pixels, size(last - first + 1));
    const float scaled = squares * factor;
    const float base = scaled + a.bias;
    y[i] = x[i] / numerics::binary(numerics::BinaryFunction::pow, base, a.beta);
  }
}

}  // namespace nnp::reference::naive
