// SPDX-License-Identifier: Apache-2.0
// Weights and biases as integers.
#include "compiler/quantize/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "compiler/compile_error.h"
#include "compiler/ir/recurrent.h"
#include "compiler/passes/rewrite.h"
#include "compiler/quantize/number_formats.h"

namespace nnp::compiler {
namespace {

using ir::Graph;
using ir::Node;
using ir::Op;
using ir::Shape;
using ir::Tensor;

/// Where weight k of channel n lies: Conv [N, K...] and a recurrent [1, N, K] row by row, Gemm [K, N] column
/// by column.
struct Layout {
  std::size_t channels, taps, channel_stride, tap_stride;
  std::size_t at(std::size_t channel, std::size_t tap) const {
    return channel * channel_stride + tap * tap_stride;
  }
};
Layout layout_of(Op op, const Shape& shape) {
  const auto total = static_cast<std::size_t>(ir::element_count(shape));
  const auto channels = static_cast<std::size_t>(op == Op::conv ? shape[0] : shape[1]);
  const std::size_t taps = total / std::max<std::size_t>(channels, 1);
  if (op == Op::gemm) return {channels, taps, 1, channels};
  return {channels, taps, taps, 1};
}

void append_rows(const Tensor& tensor, Op op, std::vector<std::vector<float>>& rows) {
  const Layout layout = layout_of(op, tensor.shape());
  const auto values = tensor.data<float>();
  rows.resize(layout.channels);
  for (std::size_t n = 0; n < layout.channels; ++n) {
    if (layout.tap_stride == 1) {
      const auto row = values.subspan(layout.at(n, 0), layout.taps);
      rows[n].insert(rows[n].end(), row.begin(), row.end());
      continue;
    }
    rows[n].reserve(rows[n].size() + layout.taps);
    for (std::size_t k = 0; k < layout.taps; ++k) rows[n].push_back(values[layout.at(n, k)]);
  }
}

void check_finite(const Node& node, const LayerWeights& weights) {
  const auto finite = [](auto value) { return std::isfinite(value); };
  for (const auto& row : weights.rows) {
    if (!Range{}.include_all(row))
      throw CompileError(fmt::format("layer '{}' has weights that are not finite", node.name));
  }
  if (!std::ranges::all_of(weights.bias, finite) || !std::ranges::all_of(weights.recurrent_bias, finite))
    throw CompileError(fmt::format("layer '{}' has a bias that is not finite", node.name));
}

/// Codes of columns [first, first + taps) of every row, stored as `shape`.
Tensor code_tensor(const IntegerWeights& weights, Op op, const Shape& shape, std::size_t first) {
  const Layout layout = layout_of(op, shape);
  Tensor tensor(ir::DType::s8, shape);
  const auto codes = tensor.data<std::int8_t>();
  for (std::size_t n = 0; n < layout.channels; ++n) {
    const auto row = std::span(weights.rows[n]).subspan(first, layout.taps);
    if (layout.tap_stride == 1)
      std::ranges::copy(row, codes.subspan(layout.at(n, 0)).begin());
    else
      for (std::size_t k = 0; k < layout.taps; ++k) codes[layout.at(n, k)] = row[k];
  }
  return tensor;
}

}  // namespace

namespace {

/// Wb and Rb of the rows; joined but where their products have columns apart.
void read_recurrent_bias(const Graph& graph, const Node& node, LayerWeights& weights) {
  const ir::RecurrentShape shape = ir::recurrent_shape(graph, node);
  const auto rows = static_cast<std::size_t>(shape.rows());
  weights.recurrent_bias.resize(rows);
  const Tensor* bias = constant_input(graph, node, ir::recurrent_input::kBias);
  weights.has_bias = bias != nullptr;
  if (bias == nullptr) return;
  const auto given = bias->data<float>();
  for (const ir::GateSegment& segment : ir::gate_segments(shape)) {
    const bool joined = segment.w_row != ir::kNoRow && segment.r_row != ir::kNoRow;
    for (std::size_t i = 0; i < static_cast<std::size_t>(segment.count); ++i) {
      const std::size_t w = static_cast<std::size_t>(segment.w_row) + i,
                        r = static_cast<std::size_t>(segment.r_row) + i;
      if (segment.w_row != ir::kNoRow) weights.bias[w] += static_cast<double>(given[w]);
      if (segment.r_row != ir::kNoRow && given.size() == 2 * rows)
        (joined ? weights.bias : weights.recurrent_bias)[r] += static_cast<double>(given[rows + r]);
    }
  }
}

}  // namespace

LayerWeights read_weights(const Graph& graph, const Node& node) {
  LayerWeights weights;
  append_rows(*constant_input(graph, node, 1), node.op, weights.rows);
  if (ir::is_recurrent(node.op)) append_rows(*constant_input(graph, node, 2), node.op, weights.rows);
  weights.bias.resize(weights.rows.size());
  if (ir::is_recurrent(node.op)) {
    read_recurrent_bias(graph, node, weights);
  } else if (const Tensor* bias = constant_input(graph, node, 2)) {
    weights.has_bias = true;
    for (std::size_t i = 0; i < bias->size(); ++i)
      weights.bias[i % weights.bias.size()] += static_cast<double>(bias->data<float>()[i]);
  }
  check_finite(node, weights);
  return weights;
}

std::vector<ChannelSum> IntegerWeights::sums() const {
  std::vector<ChannelSum> sums;
  for (std::size_t n = 0; n < rows.size(); ++n) {
    ChannelSum sum{0, std::abs(static_cast<double>(bias[n]))};
    if (!recurrent_bias.empty()) sum.bias += std::abs(static_cast<double>(recurrent_bias[n]));
    for (const std::int8_t code : rows[n]) sum.weights += std::abs(code);
    sums.push_back(sum);
  }
  return sums;
}

IntegerWeights quantize_weights(const LayerWeights& weights, double input_scale,
                                std::span<const float> scales) {
  IntegerWeights result;
  for (std::size_t n = 0; n < weights.rows.size(); ++n) {
    const double apart = weights.recurrent_bias.empty() ? 0 : weights.recurrent_bias[n];
    const double needed_for_bias =
        std::max(std::abs(weights.bias[n]), std::abs(apart)) / (input_scale * kLargestBiasCode);
    const float own = scales.empty() ? weight_scale(weights.rows[n]) : scales[n];
    const float scale = std::max(own, static_cast<float>(needed_for_bias));
    const std::int32_t lowest = scales.empty() ? -kLargestWeightCode : -kLargestWeightCode - 1;
    result.scales.push_back(scale);
    result.rows.push_back(weight_codes(weights.rows[n], scale, lowest));
    const double bias_scale = input_scale * static_cast<double>(scale);
    result.bias.push_back(to_code(weights.bias[n], bias_scale, kLargestBiasCode));
    if (!weights.recurrent_bias.empty())
      result.recurrent_bias.push_back(to_code(apart, bias_scale, kLargestBiasCode));
  }
  return result;
}

std::vector<ChannelSum> largest_sums(const LayerWeights& weights, double finest_input_scale) {
  // A coarser input makes the bias codes smaller and never the weight codes larger than their own range asks
  // for.
  LayerWeights without_bias = weights;
  std::ranges::fill(without_bias.bias, 0.0);
  std::ranges::fill(without_bias.recurrent_bias, 0.0);
  std::vector<ChannelSum> sums = quantize_weights(without_bias, finest_input_scale).sums();
  const std::vector<ChannelSum> biases = quantize_weights(weights, finest_input_scale).sums();
  for (std::size_t n = 0; n < sums.size(); ++n) sums[n].bias = biases[n].bias;
  return sums;
}

void write_weights(Graph& graph, Node& node, const IntegerWeights& weights, bool has_bias) {
  const std::int32_t axis = node.op == Op::conv ? 0 : 1;
  const auto replace = [&](std::size_t input, const std::string& name, std::size_t first) {
    const Shape shape = graph.values[node.inputs[input]].shape;
    node.inputs[input] = add_constant(graph, node.name + name, code_tensor(weights, node.op, shape, first));
    graph.values[node.inputs[input]].quant = ir::QuantParams{weights.scales, 0, axis};
  };
  const bool recurrent = ir::is_recurrent(node.op);
  const Shape own = graph.values[node.inputs[1]].shape;
  replace(1, recurrent ? ".W" : ".weights", 0);
  if (recurrent) replace(2, ".R", static_cast<std::size_t>(own[2]));
  if (!has_bias) return;
  std::vector<std::int32_t> bias = weights.bias;
  // ONNX's [Wb | Rb]: the first half holds the sum of what is joined.
  bias.insert(bias.end(), weights.recurrent_bias.begin(), weights.recurrent_bias.end());
  const auto size = static_cast<std::int64_t>(bias.size());
  const Shape shape = recurrent ? Shape{1, size} : Shape{size};
  node.inputs[recurrent ? 3 : 2] =
      add_constant(graph, node.name + ".bias", Tensor::of<std::int32_t>(shape, bias));
}

}  // namespace nnp::compiler
