// SPDX-License-Identifier: Apache-2.0
// The two graphs of one GPT-2: a token decoded behind a cache gets the logits that prefill of all tokens
// gives it.
#include <gtest/gtest.h>

#include <cmath>

#include "models/networks/zoo.h"
#include "tests/unit/networks/evaluator_tensors.h"
#include "tests/unit/networks/temporary_cache.h"

namespace nnp::models::test {
namespace {

constexpr std::int64_t kWords = 100;

class Gpt2Cache : public testing::Test {
 protected:
  std::map<std::string, Tensor> prefill(const std::vector<float>& tokens) {
    return evaluate(prefill_, {{"tokens", {{1, static_cast<std::int64_t>(tokens.size())}, tokens}}});
  }
  // One token behind the presents of an earlier run.
  std::map<std::string, Tensor> decode(float token, const std::map<std::string, Tensor>& before) {
    std::map<std::string, Tensor> inputs{{"tokens", {{1, 1}, {token}}}};
    for (const auto& [name, value] : before)
      if (name.starts_with("present.")) inputs["past_key_values." + name.substr(8)] = value;
    return evaluate(decode_, inputs);
  }
  // The logits of the last token against those of prefill.
  static void expect_same(const Tensor& last, const Tensor& all) {
    for (std::int64_t word = 0; word < kWords; ++word)
      EXPECT_NEAR(last.values[last.values.size() - kWords + static_cast<std::size_t>(word)],
                  all.values[all.values.size() - kWords + static_cast<std::size_t>(word)], 1e-4)
          << "word " << word;
  }

  TemporaryCache cache_;
  onnx::ModelProto prefill_ = load(network_file("gpt2_tiny"));
  onnx::ModelProto decode_ = load(network_file("gpt2_tiny_decode"));
};

TEST_F(Gpt2Cache, DecodeBehindPrefillGivesTheLogitsOfPrefill) {
  const std::vector<float> tokens{5, 17, 99, 0, 41};
  auto state = prefill({5, 17, 99});
  state = decode(0, state);
  expect_same(state.at("logits"), prefill({5, 17, 99, 0}).at("logits"));
  state = decode(41, state);
  expect_same(state.at("logits"), prefill(tokens).at("logits"));
}

TEST_F(Gpt2Cache, ATokenDoesNotSeeThoseBehindIt) {
  const Tensor one = prefill({5, 17, 99, 0}).at("logits"), other = prefill({5, 17, 30, 60}).at("logits");
  for (std::size_t i = 0; i < 4 * kWords; ++i) {
    if (i < 2 * kWords) {
      EXPECT_EQ(one.values[i], other.values[i]) << i;
    } else if (i % kWords == 0) {
      EXPECT_NE(one.values[i], other.values[i]) << i;
    }
  }
}

}  // namespace
}  // namespace nnp::models::test
