// SPDX-License-Identifier: Apache-2.0
// Networks of a hundred megabytes and more.
#include <gtest/gtest.h>

#include <chrono>

#include "models/networks/zoo.h"
#include "tests/unit/networks/float_evaluator.h"
#include "tests/unit/networks/published_checks.h"
#include "tests/unit/networks/temporary_cache.h"

namespace nnp::models::test {
namespace {

const Published kNetworks[] = {
    // torchvision 0.14, documentation of resnet50: 25557032 parameters, 4.09 GFLOPS (multiply-adds).
    {"resnet50", 25557032, 4089184256, 0},
    // Jouppi et al., ISCA 2017, table 1: 52 M and 34 M weights.
    {"lstm0", 52'000'000, 52'000'000, 0.01},
    {"lstm1", 34'000'000, 34'000'000, 0.01},
};

class PublishedNetwork : public testing::TestWithParam<Published> {};
TEST_P(PublishedNetwork, IsValidOnnxWithThePublishedCounts) { expect_as_published(GetParam()); }
INSTANTIATE_TEST_SUITE_P(Large, PublishedNetwork, testing::ValuesIn(kNetworks),
                         [](const auto& each) { return each.param.name; });

TEST(Activations, OfResnet50KeepTheirScale) {
  TemporaryCache cache;
  expect_activations_in_scale(load(network_file("resnet50")), {{"input", random_tensor({2, 3, 128, 128})}});
}

}  // namespace
}  // namespace nnp::models::test
