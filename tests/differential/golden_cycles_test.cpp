// SPDX-License-Identifier: Apache-2.0
// Rung: golden cycles. Each shipped chip on networks of the zoo, as measured when the row was written: a
// change in cycles is seen here, and the commit that makes it says why.
#include <gtest/gtest.h>

#include "host_runtime/executor/executor.h"
#include "models/chips/chip_file.h"
#include "sim/chip/systemc_host.h"
#include "tests/support/network_run.h"

namespace nnp {
namespace {

struct Golden {
  const char *network, *chip;
  Cycles cycles;
};

class GoldenCycles : public testing::TestWithParam<Golden> {};

TEST_P(GoldenCycles, AreWhatTheyWere) {
  const auto& [network, chip, cycles] = GetParam();
  EXPECT_EQ(test::run_network(network, chip, {}, false).inference.statistics.cycles, cycles)
      << "reproduce: nnpsim run " << network << " --chip " << chip << " --timing-only";
}

const auto kName = [](const auto& info) {
  return std::string(info.param.network) + "_on_" + info.param.chip;
};

INSTANTIATE_TEST_SUITE_P(
    Zoo, GoldenCycles,
    testing::Values(Golden{"resnet50", "tpu_v1", 653'457}, Golden{"resnet18", "edge8", 28'811'244},
                    Golden{"lstm_lm", "tpu_v1", 6'657'904}, Golden{"lenet5", "gemmini16", 8'290},
                    Golden{"resnet50", "gemmini16", 16'558'643}, Golden{"mlp0", "gemmini16", 15'766'284},
                    Golden{"lenet5", "nvdla_full", 7'682}, Golden{"resnet50", "nvdla_full", 3'783'281},
                    Golden{"lenet5", "nvdla_small", 85'592}, Golden{"resnet18", "nvdla_small", 35'068'539},
                    Golden{"lenet5", "hbm128", 5'604}, Golden{"resnet50", "hbm128", 342'058},
                    Golden{"mlp0", "hbm128", 288'279}, Golden{"lstm_lm", "hbm128", 625'028},
                    Golden{"gru_tiny", "tpu_v1", 48'418}, Golden{"bilstm_speech", "tpu_v1", 15'656'496}),
    kName);

}  // namespace
}  // namespace nnp
