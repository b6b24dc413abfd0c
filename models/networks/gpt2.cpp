// SPDX-License-Identifier: Apache-2.0
// A. Radford et al., "Language Models are Unsupervised Multitask Learners", 2019; names of tensors as in
// Hugging Face's. Two graphs of one network with one set of weights: prefill reads `steps` tokens, decode
// reads one more behind the `steps` tokens that its cache of keys and values holds. The presents of either
// are the next decode's pasts. With fewer heads of keys and values than of queries (J. Ainslie et al., "GQA",
// 2023) groups of queries share a head; that is not GPT-2 any more, only its size.
#include <cmath>
#include <stdexcept>

#include "models/networks/families.h"
#include "models/networks/transformer_layers.h"

namespace nnp::models {
namespace {

struct Gpt2 {
  int layers;
  std::int64_t width, heads, cached_heads, words, positions;
  std::int64_t size() const { return width / heads; }
};
enum class Phase { prefill, decode };
constexpr float kEpsilon = 1e-5f;
constexpr float kMasked = -1e4f;       // a score that counts for nothing; OpenAI's code has this number
constexpr double kLogitDeviation = 4;  // of the product of normalised values and the word table

class Gpt2Builder {
 public:
  Gpt2Builder(const std::string& network, const WeightSource& source, const Gpt2& gpt2, Phase phase)
      : graph_(network, source), gpt2_(gpt2), phase_(phase) {
    if (phase == Phase::prefill && gpt2.heads != gpt2.cached_heads)
      throw std::logic_error(network + ": grouped queries are built for decode only");
  }

  onnx::ModelProto build() && {
    const std::string words = table("wte.weight", gpt2_.words);
    const bool decode = phase_ == Phase::decode;
    const std::vector<Dimension> tokens{kBatch, decode ? Dimension(1) : Dimension(kSteps)};
    const std::string ids = graph_.input("tokens", onnx::TensorProto_DataType_INT64, tokens);
    std::string x = graph_.node("Gather", "wte", {words, ids});
    if (decode) declare_pasts();
    steps_ = size_of(graph_, "steps", decode ? past(0, "key") : ids, decode ? 2 : 1);
    const std::string places = table("wpe.weight", gpt2_.positions);
    const std::string place =
        decode ? graph_.node("Gather", "wpe", {places, steps_}) : first_rows(graph_, "wpe", places, steps_);
    x = graph_.node("Add", "wpe.add", {x, place});
    for (int layer = 0; layer < gpt2_.layers; ++layer) x = block(layer, x);
    x = layer_norm(graph_, "ln_f", x, gpt2_.width, kEpsilon);
    const std::string turned = graph_.node("Transpose", "lm_head.turn", {words}, {{"perm", Shape{1, 0}}});
    graph_.output(graph_.node("MatMul", "lm_head", {x, turned}), "logits",
                  {tokens[0], tokens[1], gpt2_.words});
    return std::move(graph_).finish();
  }

 private:
  std::string table(const std::string& name, std::int64_t entries) {
    return graph_.weights(name, {entries, gpt2_.width},
                          kLogitDeviation / std::sqrt(static_cast<double>(gpt2_.width)));
  }

  static std::string past(int layer, const std::string& what) {
    return "past_key_values." + std::to_string(layer) + "." + what;
  }
  void declare_pasts() {
    for (int layer = 0; layer < gpt2_.layers; ++layer) {
      for (const char* what : {"key", "value"})
        graph_.input(past(layer, what), onnx::TensorProto_DataType_FLOAT,
                     {kBatch, gpt2_.cached_heads, kSteps, gpt2_.size()});
    }
  }

  // Keys or values of all tokens so far, which are an output too.
  std::string present(int layer, const std::string& what, const std::string& name, const std::string& x) {
    std::string all = split_heads(graph_, name + "." + what, x, gpt2_.cached_heads, gpt2_.size());
    const bool decode = phase_ == Phase::decode;
    if (decode)
      all = graph_.node("Concat", name + "." + what + ".concat", {past(layer, what), all}, {{"axis", 2}});
    return graph_.output(all, "present." + std::to_string(layer) + "." + what,
                         {kBatch, gpt2_.cached_heads, decode ? kSteps + "_and_one" : kSteps, gpt2_.size()});
  }

  std::string block(int layer, const std::string& x) {
    const std::string name = "h." + std::to_string(layer);
    const std::string attended = graph_.node(
        "Add", name + ".attn.residual", {x, attention(layer, name + ".attn", normal(name + ".ln_1", x))});
    const std::string fed =
        feed_forward(graph_, name + ".mlp.c_fc", name + ".mlp.c_proj", normal(name + ".ln_2", attended),
                     gpt2_.width, 4 * gpt2_.width, gelu_by_tanh);
    return graph_.node("Add", name + ".mlp.residual", {attended, fed});
  }

  std::string normal(const std::string& name, const std::string& x) {
    return layer_norm(graph_, name, x, gpt2_.width, kEpsilon);
  }

  std::string attention(int layer, const std::string& name, const std::string& x) {
    const std::int64_t width = gpt2_.width, cached = gpt2_.cached_heads * gpt2_.size();
    const std::string all = linear(graph_, name + ".c_attn", x, width, width + 2 * cached, kQueryGain);
    const auto parts = graph_.node_of_many(
        "Split", name + ".split", {all, integer_constant(graph_, "query_key_value", {width, cached, cached})},
        3, {{"axis", 2}});
    const std::string query = queries(name + ".query", parts[0]);
    const std::string key = present(layer, "key", name, parts[1]);
    const std::string value = present(layer, "value", name, parts[2]);
    const std::string turned =
        graph_.node("Transpose", name + ".key.turn", {key}, {{"perm", Shape{0, 1, 3, 2}}});
    const std::string product = graph_.node("MatMul", name + ".scores", {query, turned});
    const float root = std::sqrt(static_cast<float>(gpt2_.size()));
    const std::string scores = masked(
        name, graph_.node("Div", name + ".scale", {product, float_constant(graph_, "root_of_size", root)}));
    const std::string shares = graph_.node("Softmax", name + ".softmax", {scores}, {{"axis", -1}});
    const std::string context = graph_.node("MatMul", name + ".context", {shares, value});
    return linear(graph_, name + ".c_proj", merged(name + ".context", context), width, width,
                  kBranchDeviation);
  }

  bool grouped() const { return gpt2_.heads != gpt2_.cached_heads; }

  // The queries of one token that share a head stand where several tokens' would: no head is copied.
  std::string queries(const std::string& name, const std::string& x) {
    if (!grouped()) return split_heads(graph_, name, x, gpt2_.heads, gpt2_.size());
    const std::string shape = integer_constant(
        graph_, "group_queries", {0, gpt2_.cached_heads, gpt2_.heads / gpt2_.cached_heads, gpt2_.size()});
    return graph_.node("Reshape", name + ".reshape", {x, shape});
  }
  std::string merged(const std::string& name, const std::string& x) {
    if (!grouped()) return merge_heads(graph_, name, x, gpt2_.width);
    return graph_.node("Reshape", name + ".reshape",
                       {x, integer_constant(graph_, "merge", {0, 1, gpt2_.width})});
  }

  // A token sees itself and those before it; in decode all others are before it.
  std::string masked(const std::string& name, const std::string& scores) {
    if (phase_ == Phase::decode) return scores;
    if (mask_.empty()) {
      const std::int64_t size = gpt2_.positions;
      std::vector<bool> seen;
      for (std::int64_t at = 0; at < size * size; ++at) seen.push_back(at % size <= at / size);
      const std::string all = graph_.booleans("causal_mask", {1, 1, size, size}, seen);
      const auto zeros = integer_constant(graph_, "two_zeros", {0, 0});
      const std::string ends = graph_.node("Concat", "steps.twice", {steps_, steps_}, {{"axis", 0}});
      mask_ = graph_.node("Slice", "causal_mask.slice",
                          {all, zeros, ends, integer_constant(graph_, "last_dimensions", {2, 3})});
    }
    return graph_.node("Where", name + ".mask", {mask_, scores, float_constant(graph_, "masked", kMasked)});
  }

  GraphBuilder graph_;
  Gpt2 gpt2_;
  Phase phase_;
  std::string steps_, mask_;  // values
};

constexpr Gpt2 kSmall{12, 768, 12, 12, 50257, 1024};
constexpr Gpt2 kSmallGrouped{12, 768, 12, 4, 50257, 1024};
constexpr Gpt2 kTiny{2, 16, 2, 2, 100, 32};

}  // namespace

onnx::ModelProto build_gpt2_small(const WeightSource& source) {
  return Gpt2Builder("gpt2_small", source, kSmall, Phase::prefill).build();
}
onnx::ModelProto build_gpt2_small_decode(const WeightSource& source) {
  return Gpt2Builder("gpt2_small_decode", source, kSmall, Phase::decode).build();
}
onnx::ModelProto build_gpt2_small_gqa_decode(const WeightSource& source) {
  return Gpt2Builder("gpt2_small_gqa_decode", source, kSmallGrouped, Phase::decode).build();
}
onnx::ModelProto build_gpt2_tiny(const WeightSource& source) {
  return Gpt2Builder("gpt2_tiny", source, kTiny, Phase::prefill).build();
}
onnx::ModelProto build_gpt2_tiny_decode(const WeightSource& source) {
  return Gpt2Builder("gpt2_tiny_decode", source, kTiny, Phase::decode).build();
}

}  // namespace nnp::models
