// SPDX-License-Identifier: Apache-2.0
// The networks that build in well under a second; the others are in large_networks_test.cpp.
#include <gtest/gtest.h>

#include "tests/unit/networks/published_checks.h"

namespace nnp::models::test {
namespace {

const Published kNetworks[] = {
    // 6 (25+1) + 16 (150+1) + 120 (400+1) + 84 (120+1) + 10 (84+1); 28^2 6 25 + 10^2 16 150 + 400 120 + 120
    // 84 + 84 10.
    {"lenet5", 61706, 416520, 0},
    // torchvision 0.14, documentation of resnet18: 11689512 parameters, 1.81 GFLOPS (multiply-adds).
    {"resnet18", 11689512, 1814073344, 0},
    // Jouppi et al., ISCA 2017, table 1: 5 M and 20 M weights; one multiplication a weight. Biases are not
    // counted there.
    {"mlp0", 20'000'000, 20'000'000, 0.01},
    {"mlp1", 5'000'000, 5'000'000, 0.01},
    // Zaremba et al. 2014: 650 units, 10 000 words: embedding, 2 x (8 x 650^2 + 2 biases of 4 x 650), decoder
    // with bias.
    {"lstm_lm", 10000 * 650 + 2 * (8 * 650 * 650 + 8 * 650) + 650 * 10000 + 10000,
     2 * 8 * 650 * 650 + 650 * 10000, 0},
};

class PublishedNetwork : public testing::TestWithParam<Published> {};
TEST_P(PublishedNetwork, IsValidOnnxWithThePublishedCounts) { expect_as_published(GetParam()); }
INSTANTIATE_TEST_SUITE_P(Small, PublishedNetwork, testing::ValuesIn(kNetworks),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace nnp::models::test
