// SPDX-License-Identifier: Apache-2.0
// LSTM networks: a word-level language model, and two with the layer and weight counts that Google published
// for its production LSTMs (ISCA 2017, table 1). Of those the shapes are our invention: equal layers, a
// layer's four gates counted as four FC layers.
#include <cmath>

#include "models/networks/families.h"
#include "models/networks/graph_builder.h"

namespace nnp::models {
namespace {

constexpr double kHiddenDeviation = 0.4;  // of h in layers scaled as below; see the test of activations
constexpr double kSumDeviation = 2;  // of the gates' sums: sigmoid and tanh are used over their curved range

double scaled(double deviation, std::int64_t fan_in) {
  return deviation / std::sqrt(static_cast<double>(fan_in));
}

// x [steps, batch, inputs] of deviation `x_deviation` to [steps, batch, hidden].
std::string lstm(GraphBuilder& graph, const std::string& name, const std::string& x, double x_deviation,
                 std::int64_t inputs, std::int64_t hidden) {
  const std::string w =
      graph.weights(name + ".W", {1, 4 * hidden, inputs}, scaled(kSumDeviation / x_deviation, inputs));
  const std::string r = graph.weights(name + ".R", {1, 4 * hidden, hidden}, scaled(kSumDeviation, hidden));
  const std::string b = graph.weights(name + ".B", {1, 8 * hidden}, 0.1);
  const std::string y = graph.node("LSTM", name, {x, w, r, b}, {{"hidden_size", hidden}});
  return graph.node("Squeeze", name + ".squeeze", {y, "direction_axis"});  // [steps, 1, batch, hidden]
}

// On every step and sample: a Gemm takes matrices only.
std::string fully_connected(GraphBuilder& graph, const std::string& name, const std::string& x,
                            std::int64_t inputs, std::int64_t outputs) {
  const std::string weight =
      graph.weights(name + ".weight", {inputs, outputs}, scaled(kSumDeviation / kHiddenDeviation, inputs));
  const std::string bias = graph.weights(name + ".bias", {outputs}, 0.1);
  return graph.node("Add", name + ".add", {graph.node("MatMul", name, {x, weight}), bias});
}

// `layers` LSTM layers of `width`, then an FC layer to `outputs` if that is not 0.
onnx::ModelProto build_stack(const std::string& name, std::uint64_t seed, int layers, std::int64_t width,
                             std::int64_t outputs) {
  GraphBuilder graph(name, seed);
  std::string x = graph.input("input", onnx::TensorProto_DataType_FLOAT, {kSteps, kBatch, width});
  graph.integers("direction_axis", {1});
  for (int layer = 1; layer <= layers; ++layer) {
    x = lstm(graph, "lstm" + std::to_string(layer), x, layer == 1 ? 1 : kHiddenDeviation, width, width);
  }
  if (outputs != 0) x = fully_connected(graph, "fc", x, width, outputs);
  graph.output(x, "output", {kSteps, kBatch, outputs != 0 ? outputs : width});
  return std::move(graph).finish();
}

}  // namespace

// 6 layers x 4 gates = 24 FC layers; 6 x 8 x 1040^2 = 51.9 M weights.
onnx::ModelProto build_lstm0(std::uint64_t seed) { return build_stack("lstm0", seed, 6, 1040, 0); }
// 9 layers x 4 gates + 1 = 37 FC layers; 9 x 8 x 680^2 + 680 x 1024 = 34.0 M weights.
onnx::ModelProto build_lstm1(std::uint64_t seed) { return build_stack("lstm1", seed, 9, 680, 1024); }

// The medium model of W. Zaremba et al., "Recurrent Neural Network Regularization", 2014: 10 000 words, two
// layers of 650, unrolled for 35 steps; without dropout, which has no effect at inference.
onnx::ModelProto build_lstm_lm(std::uint64_t seed) {
  constexpr std::int64_t kWords = 10000;
  constexpr std::int64_t kHidden = 650;
  GraphBuilder graph("lstm_lm", seed);
  const std::string tokens = graph.input("tokens", onnx::TensorProto_DataType_INT64, {kSteps, kBatch});
  graph.integers("direction_axis", {1});
  const std::string embedding = graph.weights("embedding.weight", {kWords, kHidden}, 1);
  std::string x = graph.node("Gather", "embedding", {embedding, tokens}, {{"axis", 0}});
  x = lstm(graph, "lstm1", x, 1, kHidden, kHidden);
  x = lstm(graph, "lstm2", x, kHiddenDeviation, kHidden, kHidden);
  graph.output(fully_connected(graph, "decoder", x, kHidden, kWords), "logits", {kSteps, kBatch, kWords});
  return std::move(graph).finish();
}

}  // namespace nnp::models
