// SPDX-License-Identifier: Apache-2.0
#include "models/networks/recurrent_layers.h"

#include <cmath>

namespace nnp::models {
namespace {

constexpr double kSumDeviation = 2;  // of the gates' sums: sigmoid and tanh are used over their curved range

double scaled(double deviation, std::int64_t fan_in) {
  return deviation / std::sqrt(static_cast<double>(fan_in));
}

// The node alone: [steps, directions, batch, hidden].
std::string layer(GraphBuilder& graph, const std::string& op, std::int64_t gates, std::int64_t directions,
                  const std::string& name, const Sequence& x, Attributes attributes) {
  const std::int64_t hidden = std::get<std::int64_t>(attributes.at("hidden_size"));
  const std::string w = graph.weights(name + ".W", {directions, gates * hidden, x.width},
                                      scaled(kSumDeviation / x.deviation, x.width));
  const std::string r =
      graph.weights(name + ".R", {directions, gates * hidden, hidden}, scaled(kSumDeviation, hidden));
  const std::string b = graph.weights(name + ".B", {directions, 2 * gates * hidden}, 0.1);
  return graph.node(op, name, {x.name, w, r, b}, attributes);
}

// Without the direction axis of an only direction.
Sequence squeezed(GraphBuilder& graph, const std::string& name, const std::string& y, std::int64_t hidden) {
  return hidden_sequence(graph.node("Squeeze", name + ".squeeze", {y, kDirectionAxis}), hidden);
}

}  // namespace

Sequence lstm(GraphBuilder& graph, const std::string& name, const Sequence& x, std::int64_t hidden) {
  return squeezed(graph, name, layer(graph, "LSTM", 4, 1, name, x, {{"hidden_size", hidden}}), hidden);
}

Sequence bidirectional_lstm(GraphBuilder& graph, const std::string& name, const Sequence& x,
                            std::int64_t hidden) {
  const std::string y = layer(graph, "LSTM", 4, 2, name, x,
                              {{"hidden_size", hidden}, {"direction", std::string("bidirectional")}});
  const std::string beside = graph.node("Transpose", name + ".transpose", {y}, {{"perm", Shape{0, 2, 1, 3}}});
  const std::string shape = graph.integers(name + ".shape", {0, 0, 2 * hidden});
  return hidden_sequence(graph.node("Reshape", name + ".reshape", {beside, shape}), 2 * hidden);
}

Sequence gru(GraphBuilder& graph, const std::string& name, const Sequence& x, std::int64_t hidden) {
  return squeezed(graph, name,
                  layer(graph, "GRU", 3, 1, name, x, {{"hidden_size", hidden}, {"linear_before_reset", 1}}),
                  hidden);
}

std::string fully_connected(GraphBuilder& graph, const std::string& name, const Sequence& x,
                            std::int64_t outputs) {
  const std::string weight =
      graph.weights(name + ".weight", {x.width, outputs}, scaled(kSumDeviation / x.deviation, x.width));
  const std::string bias = graph.weights(name + ".bias", {outputs}, 0.1);
  return graph.node("Add", name + ".add", {graph.node("MatMul", name, {x.name, weight}), bias});
}

}  // namespace nnp::models
