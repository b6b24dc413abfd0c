// SPDX-License-Identifier: Apache-2.0
// Fully connected networks with the layer and weight counts that Google published for its production MLPs
// (ISCA 2017, table 1). The shapes of the layers were not published: equal squares are our invention.
#include <cmath>

#include "models/networks/families.h"
#include "models/networks/graph_builder.h"

namespace nnp::models {
namespace {

onnx::ModelProto build_mlp(const std::string& name, const WeightSource& source, int layers,
                           std::int64_t width) {
  GraphBuilder graph(name, source);
  std::string x = graph.input("input", onnx::TensorProto_DataType_FLOAT, {kBatch, width});
  for (int layer = 1; layer <= layers; ++layer) {
    const std::string fc = "fc" + std::to_string(layer);
    // He: after a ReLU half the power is gone; the first layer's input has all of it.
    const double gain = layer == 1 ? 1 : 2;
    const std::string weight =
        graph.weights(fc + ".weight", {width, width}, std::sqrt(gain / static_cast<double>(width)));
    const std::string bias = graph.weights(fc + ".bias", {width}, 0.1);
    x = graph.node("Gemm", fc, {x, weight, bias}, {{"transB", 1}});
    if (layer < layers) x = graph.node("Relu", "relu" + std::to_string(layer), {x});
  }
  graph.output(x, "output", {kBatch, width});
  return std::move(graph).finish();
}

}  // namespace

onnx::ModelProto build_mlp0(const WeightSource& source) {
  return build_mlp("mlp0", source, 5, 2000);
}  // 20.0 M weights
onnx::ModelProto build_mlp1(const WeightSource& source) {
  return build_mlp("mlp1", source, 4, 1120);
}  // 5.0 M weights

}  // namespace nnp::models
