// SPDX-License-Identifier: Apache-2.0
// Small questions about a graph: names, the device's view of a shape, work of a node.
#include "compiler/ir/graph.h"

namespace nnp::ir {

const char* to_string(Op op) {
  switch (op) {
    case Op::conv:
      return "Conv";
    case Op::gemm:
      return "Gemm";
    case Op::matmul:
      return "MatMul";
    case Op::lstm:
      return "LSTM";
    case Op::relu:
      return "Relu";
    case Op::clip:
      return "Clip";
    case Op::sigmoid:
      return "Sigmoid";
    case Op::tanh:
      return "Tanh";
    case Op::softmax:
      return "Softmax";
    case Op::max_pool:
      return "MaxPool";
    case Op::average_pool:
      return "AveragePool";
    case Op::global_average_pool:
      return "GlobalAveragePool";
    case Op::batch_normalization:
      return "BatchNormalization";
    case Op::add:
      return "Add";
    case Op::mul:
      return "Mul";
    case Op::reshape:
      return "Reshape";
    case Op::flatten:
      return "Flatten";
    case Op::squeeze:
      return "Squeeze";
    case Op::unsqueeze:
      return "Unsqueeze";
    case Op::transpose:
      return "Transpose";
    case Op::identity:
      return "Identity";
    case Op::gather:
      return "Gather";
    case Op::quantize_linear:
      return "QuantizeLinear";
    case Op::cast:
      return "Cast";
    case Op::dequantize_linear:
      return "DequantizeLinear";
    case Op::unary:
      return "Unary";
    case Op::binary:
      return "Binary";
    case Op::reduce:
      return "Reduce";
    case Op::concat:
      return "Concat";
    case Op::slice:
      return "Slice";
    case Op::pad:
      return "Pad";
    case Op::expand:
      return "Expand";
    case Op::where:
      return "Where";
    case Op::resize:
      return "Resize";
    case Op::conv_transpose:
      return "ConvTranspose";
    case Op::lrn:
      return "LRN";
    case Op::instance_normalization:
      return "InstanceNormalization";
    case Op::layer_normalization:
      return "LayerNormalization";
    case Op::rnn:
      return "RNN";
    case Op::gru:
      return "GRU";
    case Op::onnx:
      return "ONNX";
  }
  return "?";
}

std::string operator_name(const Node& node) {
  if (const auto* unary = std::get_if<UnaryAttributes>(&node.attributes)) return onnx_name(unary->function);
  if (const auto* binary = std::get_if<BinaryAttributes>(&node.attributes))
    return onnx_name(binary->function);
  if (const auto* reduce = std::get_if<ReduceAttributes>(&node.attributes))
    return onnx_name(reduce->function);
  if (const auto* onnx = std::get_if<OnnxAttributes>(&node.attributes))
    return onnx->domain.empty() ? onnx->op : onnx->domain + "." + onnx->op;
  return to_string(node.op);
}

bool transposes_right(const Node& node) {
  const auto* attributes = std::get_if<GemmAttributes>(&node.attributes);
  return attributes != nullptr && attributes->transpose_b;
}

ChannelView channel_view(const Shape& shape) {
  if (shape.empty()) return {1, 1};
  const std::size_t axis = shape.size() == 4 ? 1 : shape.size() - 1;
  std::int64_t pixels = 1;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i != axis) pixels *= shape[i];
  }
  return {pixels, shape[axis]};
}

std::uint64_t macs(const Graph& graph, const Node& node) {
  const auto shape = [&](ValueId id) -> const Shape& { return graph.values.at(id).shape; };
  const auto product = [](const Shape& dims) { return static_cast<std::uint64_t>(element_count(dims)); };
  const auto times = [](std::uint64_t a, std::uint64_t b) {  // the most there is, past it
    std::uint64_t result = 0;
    return __builtin_mul_overflow(a, b, &result) ? std::numeric_limits<std::uint64_t>::max() : result;
  };
  switch (node.op) {
    case Op::conv: {  // every output element sums over one kernel: C/g * R * S
      const Shape& weights = shape(node.inputs.at(1));
      return times(product(shape(node.outputs.at(0))), product({weights.begin() + 1, weights.end()}));
    }
    case Op::gemm: {
      const auto* attributes = std::get_if<GemmAttributes>(&node.attributes);
      const bool transposed = attributes != nullptr && attributes->transpose_b;
      return times(product(shape(node.outputs.at(0))),
                   product({shape(node.inputs.at(1)).at(transposed ? 1 : 0)}));
    }
    case Op::matmul:
      return times(product(shape(node.outputs.at(0))), product({shape(node.inputs.at(0)).back()}));
    case Op::conv_transpose: {  // every input element meets one kernel of each filter of its group
      const Shape& weights = shape(node.inputs.at(1));
      return times(product(shape(node.inputs.at(0))), product({weights.begin() + 1, weights.end()}));
    }
    case Op::rnn:
    case Op::gru:
    case Op::lstm: {  // W is [D, GH, I], R is [D, GH, H]; both are met once a step and batch row
      const Shape& x = shape(node.inputs.at(0));
      const std::uint64_t rows = product({x.at(0), x.at(1)});
      return times(rows, product(shape(node.inputs.at(1))) + product(shape(node.inputs.at(2))));
    }
    default:
      return 0;
  }
}

}  // namespace nnp::ir
