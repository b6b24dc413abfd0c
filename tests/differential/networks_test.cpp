// SPDX-License-Identifier: Apache-2.0
// Rung: end to end and differential. Zoo networks on the shipped chips: every code equal to the naive
// reference, every layer's sums equal to oneDNN's, nothing free, bytes as planned.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "isa/program/happens_before.h"
#include "tests/support/network_run.h"

namespace nnp {
namespace {

struct Pair {
  const char* network;
  const char* chip;
};

class Networks : public testing::TestWithParam<Pair> {};

TEST_P(Networks, RunOnTheChipWithEveryValueChecked) {
  const auto& [network, chip] = GetParam();
  const test::NetworkRun run = test::run_network(network, chip);
  EXPECT_EQ(run.naive.status, compare::Status::passed) << run.naive.reason;
  EXPECT_EQ(run.naive.mismatches, 0u);
  EXPECT_EQ(run.onednn.status, compare::Status::passed) << run.onednn.reason;
  EXPECT_EQ(run.onednn.mismatches, 0u);
  // Reported, not judged: random weights let rounding errors grow from layer to layer (ResNet-50: 6.7 dB).
  // Signal above noise at least.
  EXPECT_GT(run.onednn.sqnr_db, 0.0);

  // Multiply-accumulates, pools and residual adds run on the chip; only borders and lookups run on the host.
  std::uint64_t macs = 0;
  Bytes planned = 0, fetched = 0;
  for (const isa::LayerInfo& layer : run.compiled.program.layers) {
    macs += layer.macs;
    planned += layer.weight_bytes;
    EXPECT_TRUE(!layer.on_host || layer.macs == 0) << layer.name;
    for (const char* op : {"Conv", "Gemm", "LSTM", "GRU", "RNN", "MaxPool", "AveragePool", "Add"})
      EXPECT_FALSE(layer.op == op && layer.on_host) << layer.name;
  }
  EXPECT_EQ(run.inference.statistics.array.useful_macs, macs);
  for (const device::LayerStatistics& layer : run.inference.statistics.layers) fetched += layer.weight_bytes;
  EXPECT_EQ(fetched, planned);
  for (const device::UnitStatistics& unit : run.inference.statistics.units) {
    Cycles sum = unit.busy + unit.idle;
    for (const auto& [cause, cycles] : unit.waits) sum += cycles;
    EXPECT_EQ(sum, unit.cycles) << unit.name;
  }
  for (const isa::Launch& launch : run.compiled.program.launches) {
    const auto races = isa::check_happens_before(run.compiled.program, launch, run.chip.arch);
    EXPECT_TRUE(races.empty()) << races.front().message;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Zoo, Networks,
    testing::Values(Pair{"lenet5", "tpu_v1"}, Pair{"lenet5", "edge8"}, Pair{"lenet5", "tiny4"},
                    Pair{"resnet18", "tpu_v1"}, Pair{"resnet18", "edge8"}, Pair{"resnet50", "tpu_v1"},
                    Pair{"resnet50", "edge8"}, Pair{"mlp0", "tpu_v1"}, Pair{"lstm_lm", "tpu_v1"},
                    Pair{"lstm_lm", "edge8"}, Pair{"lenet5", "gemmini16"}, Pair{"resnet18", "gemmini16"},
                    Pair{"resnet50", "gemmini16"}, Pair{"lenet5", "nvdla_full"},
                    Pair{"resnet18", "nvdla_full"}, Pair{"resnet50", "nvdla_full"},
                    Pair{"mlp0", "nvdla_full"}, Pair{"lenet5", "nvdla_small"},
                    Pair{"resnet18", "nvdla_small"}, Pair{"resnet50", "nvdla_small"},
                    Pair{"lenet5", "hbm128"}, Pair{"resnet18", "hbm128"}, Pair{"resnet50", "hbm128"},
                    Pair{"mlp0", "hbm128"}, Pair{"lstm_lm", "hbm128"}, Pair{"lenet5", "fp32ref"},
                    Pair{"resnet18", "fp32ref"}, Pair{"lstm_lm", "fp32ref"}, Pair{"bilstm_speech", "tpu_v1"},
                    Pair{"bilstm_speech", "hbm128"}, Pair{"gru_tiny", "tpu_v1"}, Pair{"gru_tiny", "hbm128"},
                    Pair{"gru_tiny", "edge8"}, Pair{"gru_tiny", "gemmini16"}, Pair{"gru_tiny", "nvdla_full"}),
    [](const auto& info) { return std::string(info.param.network) + "_on_" + info.param.chip; });

// ResNet-50 at 224 x 224 asks for 4.09 G multiplications (He et al., CVPR 2016, report 3.8 G for the v1
// strides; v1.5 has 4.09 G).
TEST(ResNet50, AsksForItsPublishedMultiplications) {
  const test::NetworkRun run = test::run_network("resnet50", "tpu_v1", {}, false);
  EXPECT_NEAR(static_cast<double>(run.inference.statistics.array.useful_macs), 4.09e9, 0.005e9);
}

// Each step's h part waits for the h that the vector unit makes: with weights that cost nothing this wait
// stands alone.
TEST(Lstm, ShowsTheWaitForHBetweenStepsAsARawWaitOnTheVectorUnit) {
  const test::NetworkRun slow = test::run_network("lstm_lm", "tpu_v1", {}, false);
  EXPECT_GT(slow.inference.statistics.array.raw_stall, 0u);
  const test::NetworkRun run = test::run_network(
      "lstm_lm", "tpu_v1",
      {"memory.preset=\"ideal\"", "memory.ideal_bandwidth=\"10 TB/s\"", "memory.ideal_latency=\"10 ns\""},
      false);
  for (const device::UnitStatistics& unit : run.inference.statistics.units)
    if (unit.name == "matrix") {
      ASSERT_TRUE(unit.waits.contains("raw"));
      EXPECT_GE(unit.waits.at("raw"), 2u * 34) << "two layers, 34 steps that wait for the one before";
    }
}

TEST(Gru, RunsOnTheHostWhereTheBufferHasNoRoomForAStep) {
  for (const char* size : {"2 KiB", "3328 B", "4 KiB"}) {  // a step needs 3476 B
    const test::NetworkRun run =
        test::run_network("gru_tiny", "edge8", {fmt::format("core.buffer.size=\"{}\"", size)});
    EXPECT_EQ(run.naive.status, compare::Status::passed) << size << ": " << run.naive.reason;
    for (const isa::LayerInfo& layer : run.compiled.program.layers)
      if (layer.op == "GRU") {
        EXPECT_EQ(layer.on_host, size != std::string("4 KiB")) << size;
      }
  }
}

}  // namespace
}  // namespace nnp
