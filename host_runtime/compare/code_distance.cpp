// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/compare/code_distance.h"

#include <algorithm>
#include <cmath>

#include "host_runtime/compare/binary32_sums.h"
#include "host_runtime/compare/step_distance.h"

namespace nnp::compare {
namespace {

using ir::Op;
using reference::naive::Operands;

double scale_of(const ir::Value& value) { return static_cast<double>(value.quant->scale.front()); }

double largest_code(const ir::Tensor& codes, std::int32_t zero) {
  return ir::with_element_type(codes.type(), [&](auto element) {
    double largest = 0;
    for (const auto code : codes.data<decltype(element)>())
      largest = std::max(largest, std::abs(static_cast<double>(code) - zero));
    return largest;
  });
}

/// Of the weights that a sum takes: how many, and the largest sqrt(sum w^2) of one output channel in real
/// numbers.
struct Weights {
  double terms, norm;
};

Weights weights_of(const Operands& node) {
  const ir::Tensor& w = node.input(1);
  const ir::Shape& shape = w.shape();
  const std::vector<float>& scales = node.input_value(1).quant->scale;
  const auto codes = w.data<std::int8_t>();
  const bool rows = node.node().op == Op::conv || ir::transposes_right(node.node());
  const bool whole = node.node().op == Op::conv_transpose;  // one channel's sum is a part of all weights
  const auto inner = static_cast<std::size_t>(shape.back()),
             taps = node.node().op == Op::conv ? w.size() / static_cast<std::size_t>(shape[0])
                    : rows                     ? inner
                    : whole                    ? w.size()
                                               : static_cast<std::size_t>(shape[shape.size() - 2]);
  // Conv [N][K], transposed [..][N][K]: channel i / K. Gemm, MatMul [..][K][N]: N channels in each matrix.
  const std::size_t channels = w.size() / std::max<std::size_t>(taps, 1);
  std::vector<double> squares(channels);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const std::size_t channel = rows || whole ? i / taps : i / (taps * inner) * inner + i % inner;
    squares[channel] += static_cast<double>(codes[i]) * codes[i];
  }
  Weights weights{static_cast<double>(taps), 0};
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const double scale = whole
                             ? static_cast<double>(*std::ranges::max_element(scales))
                             : static_cast<double>(scales[scales.size() == 1 ? 0 : channel % scales.size()]);
    weights.norm = std::max(weights.norm, scale * std::sqrt(squares[channel]));
  }
  return weights;
}

/// A sum in binary32 against the exact one, whose factor and product are rounded: 3 u on the naive side, and
/// the division by the step u on the other.
double sums_apart(const Operands& node, const ir::Tensor& output) {
  const double x_scale = scale_of(node.input_value(0)), step = scale_of(node.output_value());
  const double x = x_scale * largest_code(node.input(0), node.input_value(0).quant->zero_point),
               y = step * largest_code(output, node.output_value().quant->zero_point);
  const Weights weights = weights_of(node);
  double bias = 0;
  if (node.has(2)) {
    const std::vector<float>& scales = node.input_value(1).quant->scale;
    bias = largest_code(node.input(2), 0) * x_scale * static_cast<double>(*std::ranges::max_element(scales));
  }
  return (binary32_sum_error(y, std::hypot(x * weights.norm, bias), weights.terms + 1) + 4 * kUnit * y) /
         step;
}

}  // namespace

std::vector<std::int64_t> allowed_distances(const Operands& node, const ir::Tensor& output) {
  if (output.type() != ir::DType::s16) return {kAllowedLsb};
  const Op op = node.node().op;
  const bool sums = op == Op::conv || op == Op::conv_transpose || op == Op::gemm || op == Op::matmul;
  if (sums && node.input(1).type() == ir::DType::s8)
    return {1 + static_cast<std::int64_t>(std::floor(sums_apart(node, output)))};
  if ((op != Op::sigmoid && op != Op::tanh) || ir::by_reals(node.graph(), node.node())) return {kAllowedLsb};
  const double x_scale = scale_of(node.input_value(0)), step = scale_of(node.output_value());
  std::vector<std::int64_t> distances;
  for (const std::int16_t code : node.data<std::int16_t>(0)) {
    const double x = x_scale * code;
    const Near y = through_table(op == Op::tanh ? ir::Function16::tanh : ir::Function16::sigmoid, x_scale,
                                 step, {x, 0}, x);
    distances.push_back(static_cast<std::int64_t>(std::floor(y.apart / step + 0.5 + 0x1p-8)));
  }
  return distances;
}

}  // namespace nnp::compare
