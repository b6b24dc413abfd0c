// SPDX-License-Identifier: Apache-2.0
// Networks of a hundred megabytes and more, written in full.
#include <gtest/gtest.h>

#include "models/networks/zoo.h"
#include "tests/unit/networks/float_evaluator.h"
#include "tests/unit/networks/published_checks.h"
#include "tests/unit/networks/temporary_cache.h"

namespace nnp::models::test {
namespace {

class LargeFile : public testing::TestWithParam<const char*> {};
TEST_P(LargeFile, HasEveryWeight) { expect_file_fills_outline(GetParam()); }
INSTANTIATE_TEST_SUITE_P(Zoo, LargeFile,
                         testing::Values("resnet50", "lstm0", "lstm1", "alexnet", "vgg16", "cnn1",
                                         "bert_base", "gpt2_small", "gpt2_small_decode",
                                         "gpt2_small_gqa_decode"),
                         [](const auto& each) { return std::string(each.param); });

TEST(Activations, OfResnet50KeepTheirScale) {
  TemporaryCache cache;
  expect_activations_in_scale(load(network_file("resnet50")), {{"input", random_tensor({2, 3, 128, 128})}});
}

}  // namespace
}  // namespace nnp::models::test
