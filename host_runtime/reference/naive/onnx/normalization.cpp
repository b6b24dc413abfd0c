// SPDX-License-Identifier: Apache-2.0
// Normalisations that the IR has no node for. Sums in binary64.
#include <cmath>

#include <algorithm>

#include "host_runtime/reference/naive/onnx/functions.h"

namespace nnp::reference::naive {

/// (x - mean) / (sqrt(variance) + 1e-9) over the axes, as ONNX's function body has it.
void onnx_mean_variance_normalization(OnnxCall& call) {
  const ir::Shape& shape = call.shape(0);
  const auto axes = call.list("axes", {0, 2, 3});
  std::vector<std::size_t> place(call.input(0).size(), 0);  // which mean an element belongs to
  std::size_t groups = 1;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    const bool reduced =
        std::ranges::any_of(axes, [&](std::int64_t axis) { return call.axis(axis, shape.size()) == d; });
    const AxisSplit split = split_at(shape, d);
    for (std::size_t i = 0; !reduced && i < place.size(); ++i)
      place[i] = place[i] * split.size + i / split.inner % split.size;
    if (!reduced) groups *= split.size;
  }
  const auto x = call.data<float>(0);
  const auto y = call.make_data<float>(0, shape);
  const double count = static_cast<double>(x.size()) / static_cast<double>(groups);
  std::vector<double> mean(groups), variance(groups);
  for (std::size_t i = 0; i < x.size(); ++i) mean[place[i]] += static_cast<double>(x[i]) / count;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double off = static_cast<double>(x[i]) - mean[place[i]];
    variance[place[i]] += off * off / count;
  }
  for (std::size_t i = 0; i < x.size(); ++i)
    y[i] = static_cast<float>((static_cast<double>(x[i]) - mean[place[i]]) /
                              (std::sqrt(variance[place[i]]) + 1e-9));
}

/// x over its norm along an axis, p = 1 or 2.
void onnx_lp_normalization(OnnxCall& call) {
  const std::int64_t p = call.integer("p", 2);
  const AxisSplit split = split_at(call.shape(0), call.axis(call.integer("axis", -1), call.shape(0).size()));
  const auto x = call.data<float>(0);
  const auto y = call.make_data<float>(0, call.shape(0));
  for (std::size_t line = 0; line < split.outer * split.inner; ++line) {
    const std::size_t first = line / split.inner * split.inner * split.size + line % split.inner;
    double sum = 0;
    for (std::size_t i = 0; i < split.size; ++i) {
      const auto value = static_cast<double>(x[first + i * split.inner]);
      sum += p == 1 ? std::abs(value) : value * value;
    }
    const double norm = p == 1 ? sum : std::sqrt(sum);
    for (std::size_t i = 0; i < split.size; ++i) {
      const std::size_t at = first + i * split.inner;
      y[at] = norm == 0 ? 0 : static_cast<float>(static_cast<double>(x[at]) / norm);
    }
  }
}

}  // namespace nnp::reference::naive
