// SPDX-License-Identifier: Apache-2.0
// Counts of every network of the zoo against what was published of it, or a formula.
#include <gtest/gtest.h>

#include <algorithm>

#include "models/networks/zoo.h"
#include "tests/unit/networks/published_checks.h"

namespace nnp::models::test {
namespace {

// A transformer layer: 4 projections and a feed-forward of `hidden`, with biases; two normalisations.
constexpr std::int64_t layer_parameters(std::int64_t width, std::int64_t hidden) {
  return 4 * (width * width + width) + 2 * width * hidden + hidden + width + 2 * 2 * width;
}
// Its products on `tokens` tokens, each attending to `seen`.
constexpr std::int64_t layer_macs(std::int64_t width, std::int64_t hidden, std::int64_t tokens,
                                  std::int64_t seen) {
  return tokens * (4 * width * width + 2 * width * hidden + 2 * seen * width);
}
// Table of words and positions, layers, last normalisation.
constexpr std::int64_t gpt2_parameters(std::int64_t words, std::int64_t positions, int layers,
                                       std::int64_t width) {
  return (words + positions) * width + layers * layer_parameters(width, 4 * width) + 2 * width;
}
static_assert(gpt2_parameters(50257, 1024, 12, 768) == 124'439'808, "OpenAI's checkpoint: 124 M");
constexpr std::int64_t kSharedHeads = 12 * 2 * (768 - 256) * 768;  // weights less with 4 heads of 64 for 12

const Published kNetworks[] = {
    // 6 (25+1) + 16 (150+1) + 120 (400+1) + 84 (120+1) + 10 (84+1); 28^2 6 25 + 10^2 16 150 + 400 120 + 120
    // 84 + 84 10.
    {"lenet5", 61706, 416520, 0},
    // torchvision 0.14, documentation of each: parameters, and GFLOPS (multiply-adds)
    // 0.71, 15.47, 1.81, 4.09,
    // 0.30, 0.35; to the last digit as counted by hooks on torchvision's Conv2d and Linear modules.
    {"alexnet", 61'100'840, 714'188'480, 0},
    {"vgg16", 138'357'544, 15'470'264'320, 0},
    {"resnet18", 11'689'512, 1'814'073'344, 0},
    {"resnet50", 25'557'032, 4'089'184'256, 0},
    {"mobilenet_v2", 3'504'872, 300'774'272, 0},
    {"squeezenet", 1'235'496, 349'151'936, 0},
    // Jouppi et al., ISCA 2017, table 1: weights; one multiplication a weight, for the convolutional ones
    // 2888 and
    // 1750 operations a weight at batch 8 and 32. Biases are not counted there.
    {"mlp0", 20'000'000, 20'000'000, 0.01},
    {"mlp1", 5'000'000, 5'000'000, 0.01},
    {"lstm0", 52'000'000, 52'000'000, 0.01},
    {"lstm1", 34'000'000, 34'000'000, 0.01},
    {"cnn0", 8'000'000, 8'000'000LL * 2888 / 8, 0.01},
    {"cnn1", 100'000'000, 100'000'000LL * 1750 / 32, 0.02},
    // Zaremba et al. 2014: 650 units, 10 000 words: embedding, 2 x (8 x 650^2 + 2 biases of 4 x 650), decoder
    // with bias.
    {"lstm_lm", 10000 * 650 + 2 * (8 * 650 * 650 + 8 * 650) + 650 * 10000 + 10000,
     2 * 8 * 650 * 650 + 650 * 10000, 0},
    // Graves et al. 2013, table 1: CTC-5l-250h has 6.8 M weights, nearly all used once a step.
    {"bilstm_speech", 6'800'000, 6'800'000, 0.01},
    {"gru_tiny", 3 * 24 * (16 + 24 + 2) + 24 * 10 + 10, 3 * 24 * (16 + 24) + 24 * 10, 0},
    // Devlin et al. 2018: 110 M; Hugging Face's BertModel has 109482240. Sun et al., "MobileBERT", 2020,
    // table 4:
    // 22.5 GFLOPS (two a multiply-add) at 128 tokens.
    {"bert_base", 109'482'240, 22'500'000'000 / 2, 0.01, 128},
    {"bert_base", 109'482'240, 12 * layer_macs(768, 3072, 128, 128) + 768 * 768, 0, 128},
    {"bert_tiny", (100 + 32 + 2 + 2) * 16 + 2 * layer_parameters(16, 32) + 16 * 16 + 16,
     2 * layer_macs(16, 32, 8, 8) + 16 * 16, 0, 8},
    {"gpt2_small", 124'439'808, 12 * layer_macs(768, 3072, 64, 64) + 64LL * 768 * 50257, 0, 64},
    {"gpt2_small_decode", 124'439'808, 12 * layer_macs(768, 3072, 1, 65) + 768 * 50257, 0, 64},
    {"gpt2_small_gqa_decode", 124'439'808 - kSharedHeads - 12 * 2 * (768 - 256),
     12 * layer_macs(768, 3072, 1, 65) + 768 * 50257 - kSharedHeads, 0, 64},
    {"gpt2_tiny", gpt2_parameters(100, 32, 2, 16), 2 * layer_macs(16, 64, 8, 8) + 8 * 16 * 100, 0, 8},
    {"gpt2_tiny_decode", gpt2_parameters(100, 32, 2, 16), 2 * layer_macs(16, 64, 1, 9) + 16 * 100, 0, 8},
    // Stem, a block of 3 x 3 a channel and 1 x 1 on 8 x 8 pixels, one with 1 x 1 to 32 first, one with 1 x 1
    // to 48
    // and a sum on 4 x 4, 1 x 1 to 32, classifier. Each convolution has two parameters an output for its
    // normalisation.
    {"mobilenet_tiny",
     (27 * 8 + 16) + (9 * 8 + 16 + 8 * 8 + 16) + (8 * 32 + 64 + 9 * 32 + 64 + 32 * 12 + 24) +
         (12 * 48 + 96 + 9 * 48 + 96 + 48 * 12 + 24) + (12 * 32 + 64) + (32 * 10 + 10),
     64 * (27 * 8 + 9 * 8 + 8 * 8 + 8 * 32) + 16 * (9 * 32 + 32 * 12 + 12 * 48 + 9 * 48 + 48 * 12 + 12 * 32) +
         32 * 10,
     0},
};

class PublishedNetwork : public testing::TestWithParam<Published> {};
TEST_P(PublishedNetwork, IsValidOnnxWithThePublishedCounts) { expect_as_published(GetParam()); }
INSTANTIATE_TEST_SUITE_P(Zoo, PublishedNetwork, testing::ValuesIn(kNetworks), [](const auto& each) {
  return each.param.name + (each.param.tolerance == 0 ? "" : "_as_rounded");
});

TEST(PublishedNetworks, AreAllOfTheZoo) {
  for (const NetworkInfo& info : networks()) {
    EXPECT_TRUE(std::any_of(std::begin(kNetworks), std::end(kNetworks), [&](const Published& row) {
      return row.name == info.name;
    })) << info.name;
  }
}

// Those that are written in a moment; the others are in large_networks_test.cpp.
class SmallFile : public testing::TestWithParam<const char*> {};
TEST_P(SmallFile, HasEveryWeight) { expect_file_fills_outline(GetParam()); }
INSTANTIATE_TEST_SUITE_P(Zoo, SmallFile,
                         testing::Values("lenet5", "resnet18", "mlp0", "lstm_lm", "bilstm_speech", "gru_tiny",
                                         "squeezenet", "mobilenet_v2", "mobilenet_tiny", "cnn0", "bert_tiny",
                                         "gpt2_tiny", "gpt2_tiny_decode"),
                         [](const auto& each) { return std::string(each.param); });

}  // namespace
}  // namespace nnp::models::test
