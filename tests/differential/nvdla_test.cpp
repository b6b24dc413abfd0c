// SPDX-License-Identifier: Apache-2.0
// Rung: oracle law and published estimates. Device memory bytes of every layer on the NVDLA chips against the
// documented formats, byte for byte; ResNet-50's rate beside the primer's.
#include "tests/support/validation/nvdla.h"

#include <gtest/gtest.h>

namespace nnp {
namespace {

struct Case {
  const char *network, *chip;
  Bytes atom;  // bytes; NVDLA's documentation: NVDLA_MEMORY_ATOMIC_SIZE
};

class Nvdla : public testing::TestWithParam<Case> {};

TEST_P(Nvdla, MovesTheBytesOfTheDocumentedFormatsInEveryLayer) {
  const auto& [network, chip, atom] = GetParam();
  const test::NetworkRun run = test::run_network(network, chip, {}, false);
  const auto rows = test::nvdla_traffic(run, atom);
  ASSERT_FALSE(rows.empty());
  for (const test::NvdlaTraffic& row : rows) {
    const std::string where =
        row.layer + ", reproduce: nnpsim run " + network + " --chip " + chip + " --timing-only --json";
    EXPECT_EQ(row.simulated.input, row.law.input) << where;
    EXPECT_EQ(row.simulated.weights, row.law.weights) << where;
    EXPECT_EQ(row.simulated.output, row.law.output) << where;
    EXPECT_GE(row.bands, 1u) << where;
  }
  // Nothing moves beside layers and instructions: the host's tensors lie in device memory.
  const device::RunStatistics& statistics = run.inference.statistics;
  Bytes read = run.compiled.program.instructions.size() * isa::kInstructionBytes, written = 0;
  for (const device::LayerStatistics& layer : statistics.layers)
    read += layer.dram_read_bytes, written += layer.dram_write_bytes;
  EXPECT_EQ(statistics.dram.read_bytes, read);
  EXPECT_EQ(statistics.dram.write_bytes, written);
  EXPECT_EQ(statistics.pcie.to_device_bytes, 0u);
}

INSTANTIATE_TEST_SUITE_P(Networks, Nvdla,
                         testing::Values(Case{"lenet5", "nvdla_full", 32}, Case{"resnet18", "nvdla_full", 32},
                                         Case{"resnet50", "nvdla_full", 32}, Case{"lenet5", "nvdla_small", 8},
                                         Case{"resnet18", "nvdla_small", 8},
                                         Case{"resnet50", "nvdla_small", 8}),
                         [](const auto& info) {
                           return std::string(info.param.network) + "_on_" + info.param.chip;
                         });

TEST(NvdlaPrimer, RowsLieInThePrimersOrder) {
  double before = 1e9;
  for (const test::NvdlaRate& rate : test::nvdla_rates()) {
    EXPECT_LT(rate.simulated, before) << rate.configuration.macs << " MACs";
    before = rate.simulated;
    EXPECT_LE(rate.layers, rate.mac) << rate.configuration.macs;
    EXPECT_LE(rate.layers, rate.memory) << rate.configuration.macs;
  }
}

}  // namespace
}  // namespace nnp
