// SPDX-License-Identifier: Apache-2.0
// docs/guide/numerics.md, "What the integers mean", as functions. Derived in double, rounded once to float32.
#include "compiler/ir/quantized.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace nnp::ir {
namespace {

using numerics::ChannelParam;
using numerics::OutputRange;

const Value& value_at(const Graph& graph, const std::vector<ValueId>& ids, std::size_t i) {
  return graph.values.at(ids.at(i));
}

const QuantParams& quant_of(const Node& node, const Value& value) {
  if (value.quant && !value.quant->scale.empty()) return *value.quant;
  throw std::logic_error("node '" + node.name + "': value '" + value.name + "' has no scale");
}

double scale_of(const Node& node, const Value& value) { return quant_of(node, value).scale.front(); }

const Tensor& constant_of(const Node& node, const Value& value, DType type) {
  if (value.constant && value.constant->type() == type) return *value.constant;
  throw std::logic_error("node '" + node.name + "': value '" + value.name + "' is not a constant of " +
                         to_string(type));
}

/// rint(x) + zero, held within the range; x may be infinite.
std::int32_t code(double x, std::int32_t zero, std::int32_t lo, std::int32_t hi) {
  return static_cast<std::int32_t>(
      std::clamp(std::nearbyint(x) + zero, static_cast<double>(lo), static_cast<double>(hi)));
}

/// Where output channel n's weights lie in the weight tensor.
struct WeightView {
  std::size_t channels, taps;              // output channels, weights of each
  std::size_t channel_stride, tap_stride;  // in elements
};

WeightView weight_view(const Node& node, const Shape& shape) {
  const auto size = [&](std::size_t first, std::size_t last) {
    return static_cast<std::size_t>(element_count({shape.begin() + static_cast<std::ptrdiff_t>(first),
                                                   shape.begin() + static_cast<std::ptrdiff_t>(last)}));
  };
  if (node.op == Op::conv && !shape.empty())
    return {size(0, 1), size(1, shape.size()), size(1, shape.size()), 1};
  if ((node.op != Op::gemm && node.op != Op::matmul) || shape.size() != 2) {
    throw std::logic_error("node '" + node.name +
                           "': no channel parameters for its operator or rank of weights");
  }
  const auto* gemm = std::get_if<GemmAttributes>(&node.attributes);
  if (gemm != nullptr && gemm->transpose_b) return {size(0, 1), size(1, 2), size(1, 2), 1};
  return {size(1, 2), size(0, 1), 1, size(1, 2)};
}

/// Element i, or the only one.
template <typename T>
T element(std::span<const T> values, std::size_t i) {
  return values.size() == 1 ? values[0] : values[i];
}

double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

/// The bounds of a Clip: its clamp, narrowed by the constant inputs min and max.
Clamp clip_bounds(const Graph& graph, const Node& node) {
  Clamp bounds = node.clamp;
  const auto bound = [&](std::size_t i, float otherwise) {
    if (i >= node.inputs.size() || node.inputs[i] == kNoValue) return otherwise;
    const Tensor& tensor = constant_of(node, value_at(graph, node.inputs, i), DType::f32);
    return tensor.data<float>().empty() ? otherwise : tensor.data<float>().front();
  };
  bounds.lo = std::max(bounds.lo, bound(1, bounds.lo));
  bounds.hi = std::min(bounds.hi, bound(2, bounds.hi));
  return bounds;
}

double apply(const Node& node, const Clamp& bounds, double x) {
  switch (node.op) {
    case Op::relu:
      return std::max(x, 0.0);
    case Op::clip:
      return std::min(std::max(x, static_cast<double>(bounds.lo)), static_cast<double>(bounds.hi));
    case Op::sigmoid:
      return sigmoid(x);
    case Op::tanh:
      return std::tanh(x);
    default:
      throw std::logic_error("node '" + node.name + "': " + operator_name(node) + " is not a table of codes");
  }
}

}  // namespace

bool is_quantized(DType type) { return type == DType::u8 || type == DType::s8 || type == DType::s16; }

std::string codes_name(const std::string& value) { return value + " (codes)"; }

bool by_reals(const Graph& graph, const Node& node) {
  const auto type = [&](const std::vector<ValueId>& ids, std::size_t i) {
    return value_at(graph, ids, i).type;
  };
  switch (node.op) {
    case Op::cast:
    case Op::unary:
    case Op::binary:
    case Op::reduce:
    case Op::softmax:
    case Op::layer_normalization:
    case Op::instance_normalization:
    case Op::lrn:
      return true;
    case Op::add:
    case Op::mul: {  // codes of one type, of one shape
      const DType a = type(node.inputs, 0), b = type(node.inputs, 1), y = type(node.outputs, 0);
      const bool formula = is_quantized(a) && a == b && y == a;
      return !formula || value_at(graph, node.inputs, 0).shape != value_at(graph, node.inputs, 1).shape;
    }
    case Op::relu:
    case Op::clip:
    case Op::sigmoid:
    case Op::tanh: {  // tables: 8 bit, and of 16 bit Sigmoid and Tanh
      const DType x = type(node.inputs, 0), y = type(node.outputs, 0);
      if (!is_quantized(x) || !is_quantized(y)) return true;
      if (size_of(x) == 1 && size_of(y) == 1) return false;
      return x != y || node.op == Op::relu || node.op == Op::clip;
    }
    default:
      return false;
  }
}

OutputRange type_range(DType type) {
  switch (type) {
    case DType::u8:
      return {0, 0, 255};
    case DType::s8:
      return {0, -128, 127};
    case DType::s16:
      return {0, -32768, 32767};
    default:
      throw std::logic_error(std::string("type_range: ") + to_string(type) + " is not a quantised type");
  }
}

OutputRange output_range(const Graph& graph, const Node& node) {
  const Value& y = value_at(graph, node.outputs, 0);
  OutputRange range = type_range(y.type);
  const QuantParams& quant = quant_of(node, y);
  range.zero_point = quant.zero_point;
  if (node.clamp.active()) {
    const double scale = quant.scale.front();
    const OutputRange all = range;
    range.lo = code(node.clamp.lo / scale, quant.zero_point, all.lo, all.hi);
    range.hi = code(node.clamp.hi / scale, quant.zero_point, all.lo, all.hi);
  }
  return range;
}

std::vector<ChannelParam> channel_params(const Graph& graph, const Node& node) {
  const Value &x = value_at(graph, node.inputs, 0), &w = value_at(graph, node.inputs, 1);
  const double in_scale = scale_of(node, x), out_scale = scale_of(node, value_at(graph, node.outputs, 0));
  if (node.op == Op::matmul && !w.constant) {  // zero points are 0: nothing to correct
    const auto scale = static_cast<float>(in_scale * scale_of(node, w) / out_scale);
    const Shape& y = value_at(graph, node.outputs, 0).shape;
    return std::vector<ChannelParam>(static_cast<std::size_t>(y.back()), ChannelParam{0, scale});
  }
  const std::int64_t zero = quant_of(node, x).zero_point;
  const std::span<const float> weight_scales = quant_of(node, w).scale;
  const auto codes = constant_of(node, w, DType::s8).data<std::int8_t>();
  const WeightView view = weight_view(node, w.shape);

  std::span<const std::int32_t> bias;
  if (node.inputs.size() > 2 && node.inputs[2] != kNoValue) {
    bias = constant_of(node, value_at(graph, node.inputs, 2), DType::i32).data<std::int32_t>();
  }
  std::vector<ChannelParam> params(view.channels);
  for (std::size_t n = 0; n < view.channels; ++n) {
    std::int64_t sum = 0;
    for (std::size_t k = 0; k < view.taps; ++k) sum += codes[n * view.channel_stride + k * view.tap_stride];
    const std::int64_t own = bias.empty() ? 0 : element(bias, n);
    params[n].bias = static_cast<std::int32_t>(own - zero * sum);
    params[n].scale = static_cast<float>(in_scale * element(weight_scales, n) / out_scale);
  }
  return params;
}

BinaryParams binary_params(const Graph& graph, const Node& node) {
  const Value &a = value_at(graph, node.inputs, 0), &b = value_at(graph, node.inputs, 1);
  const double sa = scale_of(node, a), sb = scale_of(node, b),
               sy = scale_of(node, value_at(graph, node.outputs, 0));
  const std::int32_t za = quant_of(node, a).zero_point, zb = quant_of(node, b).zero_point;
  switch (node.op) {
    case Op::add:
      return {{static_cast<float>(sa / sy), za}, {static_cast<float>(sb / sy), zb}};
    case Op::mul:
      return {{static_cast<float>(sa * sb / sy), za}, {1.0F, zb}};
    default:
      throw std::logic_error("node '" + node.name + "': " + operator_name(node) + " is not Add or Mul");
  }
}

std::vector<std::uint8_t> table8(const Graph& graph, const Node& node) {
  const Value &x = value_at(graph, node.inputs, 0), &y = value_at(graph, node.outputs, 0);
  const OutputRange range = output_range(graph, node);
  const Clamp bounds = clip_bounds(graph, node);
  const double in_scale = scale_of(node, x), out_scale = scale_of(node, y);
  const std::int32_t zero = quant_of(node, x).zero_point;
  if (size_of(x.type) != 1 || size_of(y.type) != 1)
    throw std::logic_error("node '" + node.name + "': not 8 bit");

  std::vector<std::uint8_t> table(256);
  for (int byte = 0; byte < 256; ++byte) {
    const std::int32_t q = x.type == DType::s8 ? static_cast<std::int8_t>(byte) : byte;
    const double result = apply(node, bounds, in_scale * (q - zero)) / out_scale;
    table[static_cast<std::size_t>(byte)] =
        static_cast<std::uint8_t>(code(result, range.zero_point, range.lo, range.hi));
  }
  return table;
}

std::vector<std::int16_t> table16(Function16 function, double in_scale, double out_scale) {
  std::vector<std::int16_t> table(numerics::kTable16Entries);
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double x = in_scale * (128.0 * static_cast<double>(i) - 32768.0);
    const double y = function == Function16::sigmoid ? sigmoid(x) : std::tanh(x);
    table[i] = static_cast<std::int16_t>(code(y / out_scale, 0, -32767, 32767));
  }
  return table;
}

}  // namespace nnp::ir
