// SPDX-License-Identifier: Apache-2.0
// Layers to a graph.
#include <algorithm>
#include <cmath>
#include <random>

#include "compiler/frontend/topology.h"

namespace nnp::compiler {
namespace {

/// Uniform weights of variance 1 / K, so that outputs have the power of inputs. The generator's bits decide,
/// so every host draws the same.
ir::Tensor random_weights(const ir::Shape& shape, std::int64_t k, std::mt19937_64& random) {
  ir::Tensor tensor(ir::DType::f32, shape);
  const double scale = std::sqrt(3.0 / static_cast<double>(k)) / 128;
  std::uint64_t bits = 0;
  unsigned left = 0;
  for (float& weight : tensor.data<float>()) {
    if (left == 0) bits = random(), left = 8;
    weight = static_cast<float>(scale * static_cast<std::int8_t>(bits & 0xFF));
    bits >>= 8, --left;
  }
  return tensor;
}

ir::Value value(std::string name, ir::Shape shape) {
  ir::Value value;
  value.name = std::move(name);
  value.shape = std::move(shape);
  return value;
}

}  // namespace

ir::Graph topology_graph(const std::vector<TopologyLayer>& layers, std::uint64_t seed) {
  ir::Graph graph;
  std::mt19937_64 random(seed);
  for (const TopologyLayer& layer : layers) {
    ir::Node node;
    node.name = layer.name;
    node.onnx_nodes = {layer.name};
    ir::Shape x{layer.m, layer.k}, w{layer.k, layer.n}, y{layer.m, layer.n};
    if (layer.is_conv) {
      node.op = ir::Op::conv;
      ir::ConvAttributes conv;
      conv.kernel[0] = layer.kernel_h, conv.kernel[1] = layer.kernel_w;
      conv.strides[0] = layer.stride_h, conv.strides[1] = layer.stride_w;
      node.attributes = conv;
      const std::int64_t out_h = (layer.in_h - layer.kernel_h) / layer.stride_h + 1;
      x = {1, layer.channels, layer.in_h, layer.in_w};
      w = {layer.filters, layer.channels, layer.kernel_h, layer.kernel_w};
      y = {1, layer.filters, out_h, layer.m / out_h};
    } else {
      node.op = ir::Op::gemm;
      node.attributes = ir::GemmAttributes{};
    }
    const ir::ValueId in = graph.add_value(value(layer.name + "_input", x));
    ir::Value weights = value(layer.name + "_weights", w);
    weights.constant = random_weights(w, layer.k, random);
    const ir::ValueId weight = graph.add_value(std::move(weights));
    const ir::ValueId out = graph.add_value(value(layer.name + "_output", y));
    node.inputs = {in, weight}, node.outputs = {out};
    graph.inputs.push_back(in), graph.outputs.push_back(out);
    graph.nodes.push_back(std::move(node));
  }
  return graph;
}

}  // namespace nnp::compiler
