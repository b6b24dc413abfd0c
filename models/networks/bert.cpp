// SPDX-License-Identifier: Apache-2.0
// J. Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", 2018;
// names of tensors as in Hugging Face's. Dropout is left out. Every token is real: the attention mask, which
// would add zeros, is folded away.
#include <cmath>

#include "models/networks/families.h"
#include "models/networks/transformer_layers.h"

namespace nnp::models {
namespace {

struct Bert {
  int layers;
  std::int64_t width, heads, hidden, words, positions;
};
constexpr float kEpsilon = 1e-12f;
constexpr std::int64_t kTokenTypes = 2;

std::string embeddings(GraphBuilder& graph, const Bert& bert) {
  const std::string name = "embeddings";
  const auto table = [&](const char* what, std::int64_t entries) {
    return graph.weights(name + "." + what + "_embeddings.weight", {entries, bert.width}, 1);
  };
  const std::vector<Dimension> shape{kBatch, kSteps};
  const std::string tokens = graph.input("tokens", onnx::TensorProto_DataType_INT64, shape);
  const std::string types = graph.input("token_types", onnx::TensorProto_DataType_INT64, shape);
  const std::string word = graph.node("Gather", name + ".word", {table("word", bert.words), tokens});
  const std::string type = graph.node("Gather", name + ".type", {table("token_type", kTokenTypes), types});
  const std::string steps = size_of(graph, name + ".steps", tokens, 1);
  const std::string place = first_rows(graph, name + ".position", table("position", bert.positions), steps);
  const std::string sum = graph.node("Add", name + ".add_type", {word, type});
  return layer_norm(graph, name + ".LayerNorm", graph.node("Add", name + ".add_position", {sum, place}),
                    bert.width, kEpsilon);
}

std::string attention(GraphBuilder& graph, const std::string& name, const std::string& x, const Bert& bert) {
  const std::int64_t size = bert.width / bert.heads;
  const auto heads = [&](const char* what, double gain) {
    const std::string full = name + ".self." + what;
    return split_heads(graph, full, linear(graph, full, x, bert.width, bert.width, gain), bert.heads, size);
  };
  const std::string query = heads("query", kQueryGain);
  const std::string key = heads("key", kQueryGain);
  const std::string value = heads("value", 1);
  const std::string turned =
      graph.node("Transpose", name + ".self.key.turn", {key}, {{"perm", Shape{0, 1, 3, 2}}});
  const std::string product = graph.node("MatMul", name + ".self.scores", {query, turned});
  const float root = std::sqrt(static_cast<float>(size));
  const std::string scores =
      graph.node("Div", name + ".self.scale", {product, float_constant(graph, "root_of_size", root)});
  const std::string shares = graph.node("Softmax", name + ".self.softmax", {scores}, {{"axis", -1}});
  const std::string context = graph.node("MatMul", name + ".self.context", {shares, value});
  return linear(graph, name + ".output.dense",
                merge_heads(graph, name + ".self.context", context, bert.width), bert.width, bert.width,
                2 * kBranchDeviation);  // the mean over tokens has half the deviation
}

onnx::ModelProto build_bert(const std::string& network, const WeightSource& source, const Bert& bert) {
  GraphBuilder graph(network, source);
  std::string x = embeddings(graph, bert);
  for (int layer = 0; layer < bert.layers; ++layer) {
    const std::string name = "encoder.layer." + std::to_string(layer);
    const std::string attended = attention(graph, name + ".attention", x, bert);
    x = layer_norm(graph, name + ".attention.output.LayerNorm",
                   graph.node("Add", name + ".attention.output.residual", {attended, x}), bert.width,
                   kEpsilon);
    const std::string fed = feed_forward(graph, name + ".intermediate.dense", name + ".output.dense", x,
                                         bert.width, bert.hidden, gelu_by_erf);
    x = layer_norm(graph, name + ".output.LayerNorm", graph.node("Add", name + ".output.residual", {fed, x}),
                   bert.width, kEpsilon);
  }
  x = graph.output(x, "last_hidden_state", {kBatch, kSteps, bert.width});
  const std::string first =
      graph.node("Gather", "pooler.first", {x, graph.integer("first", 0)}, {{"axis", 1}});
  const std::string pooled = linear(graph, "pooler.dense", first, bert.width, bert.width, 1);
  graph.output(graph.node("Tanh", "pooler.tanh", {pooled}), "pooled", {kBatch, bert.width});
  return std::move(graph).finish();
}

}  // namespace

onnx::ModelProto build_bert_base(const WeightSource& source) {
  return build_bert("bert_base", source, {12, 768, 12, 3072, 30522, 512});
}
onnx::ModelProto build_bert_tiny(const WeightSource& source) {
  return build_bert("bert_tiny", source, {2, 16, 2, 32, 100, 32});
}

}  // namespace nnp::models
