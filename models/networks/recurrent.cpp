// SPDX-License-Identifier: Apache-2.0
// Recurrent networks: a word-level language model, a speech recogniser, a small GRU, and two with the layer
// and weight counts that Google published for its production LSTMs (ISCA 2017, table 1). Of those the shapes
// are our invention: equal layers, a layer's four gates counted as four FC layers.
#include "models/networks/families.h"
#include "models/networks/recurrent_layers.h"

namespace nnp::models {
namespace {

Sequence float_input(GraphBuilder& graph, std::int64_t width) {
  return {graph.input("input", onnx::TensorProto_DataType_FLOAT, {kSteps, kBatch, width}), width, 1};
}

// `layers` LSTM layers of `width`, then an FC layer to `outputs` if that is not 0.
onnx::ModelProto build_stack(const std::string& name, const WeightSource& source, int layers,
                             std::int64_t width, std::int64_t outputs) {
  GraphBuilder graph(name, source);
  Sequence x = float_input(graph, width);
  declare_direction_axis(graph);
  for (int layer = 1; layer <= layers; ++layer) x = lstm(graph, "lstm" + std::to_string(layer), x, width);
  const std::string last = outputs != 0 ? fully_connected(graph, "fc", x, outputs) : x.name;
  graph.output(last, "output", {kSteps, kBatch, outputs != 0 ? outputs : width});
  return std::move(graph).finish();
}

}  // namespace

// 6 layers x 4 gates = 24 FC layers; 6 x 8 x 1040^2 = 51.9 M weights.
onnx::ModelProto build_lstm0(const WeightSource& source) { return build_stack("lstm0", source, 6, 1040, 0); }
// 9 layers x 4 gates + 1 = 37 FC layers; 9 x 8 x 680^2 + 680 x 1024 = 34.0 M weights.
onnx::ModelProto build_lstm1(const WeightSource& source) {
  return build_stack("lstm1", source, 9, 680, 1024);
}

// The medium model of W. Zaremba et al., "Recurrent Neural Network Regularization", 2014: 10 000 words, two
// layers of 650, unrolled for 35 steps; without dropout, which has no effect at inference.
onnx::ModelProto build_lstm_lm(const WeightSource& source) {
  constexpr std::int64_t kWords = 10000;
  constexpr std::int64_t kHidden = 650;
  GraphBuilder graph("lstm_lm", source);
  const std::string tokens = graph.input("tokens", onnx::TensorProto_DataType_INT64, {kSteps, kBatch});
  declare_direction_axis(graph);
  const std::string embedding = graph.weights("embedding.weight", {kWords, kHidden}, 1);
  Sequence x{graph.node("Gather", "embedding", {embedding, tokens}, {{"axis", 0}}), kHidden, 1};
  x = lstm(graph, "lstm1", x, kHidden);
  x = lstm(graph, "lstm2", x, kHidden);
  graph.output(fully_connected(graph, "decoder", x, kWords), "logits", {kSteps, kBatch, kWords});
  return std::move(graph).finish();
}

// CTC-5l-250h of A. Graves et al., "Speech recognition with deep recurrent neural networks", 2013: 123
// features a frame of 10 ms, five bidirectional layers of 250 each way, 61 phonemes and the blank; 6.8 M
// weights. Its peephole weights (7 500), which PyTorch does not have, are left out.
onnx::ModelProto build_bilstm_speech(const WeightSource& source) {
  constexpr std::int64_t kFeatures = 123;
  constexpr std::int64_t kHidden = 250;
  constexpr std::int64_t kLabels = 62;
  GraphBuilder graph("bilstm_speech", source);
  Sequence x = float_input(graph, kFeatures);
  for (int layer = 1; layer <= 5; ++layer)
    x = bidirectional_lstm(graph, "lstm" + std::to_string(layer), x, kHidden);
  graph.output(fully_connected(graph, "fc", x, kLabels), "logits", {kSteps, kBatch, kLabels});
  return std::move(graph).finish();
}

// For tests and teaching: one GRU layer and an FC layer.
onnx::ModelProto build_gru_tiny(const WeightSource& source) {
  constexpr std::int64_t kOutputs = 10;
  GraphBuilder graph("gru_tiny", source);
  declare_direction_axis(graph);
  const Sequence x = gru(graph, "gru1", float_input(graph, 16), 24);
  graph.output(fully_connected(graph, "fc", x, kOutputs), "output", {kSteps, kBatch, kOutputs});
  return std::move(graph).finish();
}

}  // namespace nnp::models
