// SPDX-License-Identifier: Apache-2.0
// Random weights are of use only if activations neither die nor explode on the way: every layer's values,
// computed in float by an evaluator of the tests' own, keep a standard deviation between 0.2 and 5, and the
// outputs depend on the inputs.
#include <gtest/gtest.h>

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

TEST(Activations, OfTheLanguageModelKeepTheirScale) {
  TemporaryCache cache;
  Tensor tokens{{4, 2}, {}};
  for (int i = 0; i < 8; ++i) tokens.values.push_back(static_cast<float>(i * 1117 % 10000));
  expect_activations_in_scale(load(network_file("lstm_lm")), {{"tokens", tokens}});
}

}  // namespace
}  // namespace nnp::models::test
