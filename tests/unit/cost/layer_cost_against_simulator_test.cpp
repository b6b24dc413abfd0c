// SPDX-License-Identifier: Apache-2.0
// Small networks' layers on whole chips, cut at random: the bytes are the simulator's, the cycles nearly. All
// layers of ten networks: docs/validation/cost-model.md.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "compiler/cost/layer_cost.h"
#include "compiler/mapping/candidates.h"
#include "models/chips/chip_file.h"
#include "tests/support/validation/cost_layers.h"

namespace nnp::test {
namespace {

struct Sample {
  const char *network, *chip;
};

class CostAgainstSimulator : public testing::TestWithParam<Sample> {};

TEST_P(CostAgainstSimulator, BytesAreEqualAndCyclesNearForRandomTilings) {
  const auto& [network, chip_name] = GetParam();
  const models::ChipSpec chip = models::load_chip(chip_name, {});
  const NetworkLayers layers(quantised_network(network, isa::Precision::int8), chip);
  const compiler::LayerCosts costs(chip);
  double errors = 0, runs = 0;
  for (const MacLayer& layer : layers.distinct()) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      std::mt19937_64 random(seed);
      const auto tiling = compiler::random_tiling(layer.problem, chip.arch, random, 500);
      if (!tiling) continue;
      const device::RunStatistics run = layers.simulate(layer, *tiling);
      const compiler::LayerCost cost = costs(layer.problem, *tiling, layer.activations);
      const std::string where = fmt::format(
          "{} on {}, layer {}, seed {}: lines {}, slice {}, tile {}, buffers {}", network, chip_name,
          layer.name, seed, tiling->band_lines, tiling->slice_n, tiling->tile_m, tiling->input_buffers);
      const NetworkLayers::Traffic traffic = layers.traffic(layer, run);
      EXPECT_EQ(cost.read_bytes, traffic.read) << where;
      EXPECT_EQ(cost.write_bytes, traffic.written) << where;
      const double error = std::abs(cost.cycles / static_cast<double>(run.cycles) - 1);
      EXPECT_LT(error, 0.4) << where << ": " << run.cycles << " cycles, predicted " << cost.cycles;
      errors += error, runs += 1;
    }
  }
  ASSERT_GT(runs, 10);
  EXPECT_LT(errors / runs, 0.05) << network << " on " << chip_name;
}

INSTANTIATE_TEST_SUITE_P(
    , CostAgainstSimulator,
    testing::Values(Sample{"lenet5", "tpu_v1"}, Sample{"lenet5", "gemmini16"}, Sample{"bert_tiny", "hbm128"},
                    Sample{"mobilenet_tiny", "nvdla_full"}, Sample{"resnet18", "gemmini16"}),
    [](const auto& info) { return fmt::format("{}_{}", info.param.network, info.param.chip); });

}  // namespace
}  // namespace nnp::test
