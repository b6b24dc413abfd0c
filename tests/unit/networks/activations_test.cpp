// SPDX-License-Identifier: Apache-2.0
// Random weights are of use only if activations neither die nor explode on the way: every layer's values,
// computed in float by an evaluator of the tests' own, keep a standard deviation between 0.2 and 5, and the
// outputs depend on the inputs.
#include <gtest/gtest.h>

#include <set>

#include "models/networks/zoo.h"
#include "tests/unit/networks/float_evaluator.h"
#include "tests/unit/networks/temporary_cache.h"

namespace nnp::models::test {
namespace {

TEST(Activations, OfLenet5KeepTheirScale) {
  TemporaryCache cache;
  expect_activations_in_scale(load(network_file("lenet5")), {{"input", random_tensor({16, 1, 28, 28})}});
}

// Smaller images than the file's: the network is the same, the test eight times faster.
TEST(Activations, OfResnet18KeepTheirScale) {
  TemporaryCache cache;
  expect_activations_in_scale(load(network_file("resnet18")), {{"input", random_tensor({2, 3, 80, 80})}});
}

TEST(Activations, OfMlp1KeepTheirScale) {
  TemporaryCache cache;
  expect_activations_in_scale(load(network_file("mlp1")), {{"input", random_tensor({8, 1120})}});
}

Tensor token_ids(const std::vector<std::int64_t>& shape, int words) {
  Tensor tokens = random_tensor(shape);
  for (std::size_t i = 0; i < tokens.values.size(); ++i)
    tokens.values[i] = static_cast<float>(static_cast<int>(i) * 1117 % words);
  return tokens;
}

TEST(Activations, OfTheLanguageModelKeepTheirScale) {
  TemporaryCache cache;
  expect_activations_in_scale(load(network_file("lstm_lm")), {{"tokens", token_ids({4, 2}, 10000)}});
}

TEST(Activations, OfTheSpeechRecogniserKeepTheirScale) {
  TemporaryCache cache;
  expect_activations_in_scale(load(network_file("bilstm_speech")), {{"input", random_tensor({6, 2, 123})}});
}

TEST(Activations, OfTheGruKeepTheirScale) {
  TemporaryCache cache;
  expect_activations_in_scale(load(network_file("gru_tiny")), {{"input", random_tensor({8, 4, 16})}});
}

TEST(Activations, OfMobilenetTinyKeepTheirScale) {
  TemporaryCache cache;
  expect_activations_in_scale(load(network_file("mobilenet_tiny")),
                              {{"input", random_tensor({8, 3, 16, 16})}});
}

TEST(Activations, OfCnn0KeepTheirScale) {
  TemporaryCache cache;
  expect_activations_in_scale(load(network_file("cnn0")), {{"input", random_tensor({2, 48, 7, 7})}});
}

// Of a transformer's values some only weigh others (shares of attention, parts of a GELU). Products have a
// scale to keep when their bias is added, scores when they are divided by the root of a head's size.
const std::set<std::string> kScaled = {"Add", "Div", "Gather", "Split"};

TEST(Activations, OfBertKeepTheirScale) {
  TemporaryCache cache;
  expect_activations_in_scale(load(network_file("bert_tiny")),
                              {{"tokens", token_ids({3, 8}, 100)}, {"token_types", token_ids({3, 8}, 2)}},
                              kScaled);
}

TEST(Activations, OfGpt2KeepTheirScale) {
  TemporaryCache cache;
  expect_activations_in_scale(load(network_file("gpt2_tiny")), {{"tokens", token_ids({3, 8}, 100)}}, kScaled);
}

}  // namespace
}  // namespace nnp::models::test
