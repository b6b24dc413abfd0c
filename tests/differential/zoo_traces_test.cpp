// SPDX-License-Identifier: Apache-2.0
// Rung: property, on whole networks. The traces of the zoo on the shipped chips keep the laws, and stepped
// writes the bytes of leap.
#include <gtest/gtest.h>

#include "models/chips/chip_file.h"
#include "tests/support/network_run.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/traced_run.h"

namespace nnp {
namespace {

struct Case {
  const char* network;
  const char* chip;
  bool stepped;  // short enough to be run cycle by cycle too
};

class ZooTraces : public testing::TestWithParam<Case> {};

TEST_P(ZooTraces, KeepTheLaws) {
  const auto& [network, chip_name, stepped] = GetParam();
  const models::ChipSpec chip = models::load_chip(chip_name);
  const compiler::CompiledNetwork compiled = test::compile_network(network, chip);
  const test::TemporaryFolder folder;
  const auto run = [&](sim::Engine engine) {
    sim::ChipOptions options;
    options.engine = engine;
    return test::traced_run(compiled.program, compiled.quantised, chip, folder.path("trace.npt"), options,
                            traces::TraceLevel::units);
  };
  const test::TracedRun leap = run(sim::Engine::leap);
  EXPECT_TRUE(leap.breaches.empty()) << leap.breaches.front();
  EXPECT_EQ(leap.path_cycles, leap.cycles);
  if (stepped) {
    EXPECT_TRUE(leap.bytes == run(sim::Engine::stepped).bytes) << "leap against stepped";
  }
}

INSTANTIATE_TEST_SUITE_P(Zoo, ZooTraces,
                         testing::Values(Case{"lenet5", "tpu_v1", true}, Case{"lenet5", "edge8", true},
                                         Case{"resnet18", "tpu_v1", true}, Case{"resnet18", "edge8", false},
                                         Case{"resnet50", "tpu_v1", true}, Case{"resnet50", "edge8", false},
                                         Case{"mlp0", "tpu_v1", true}, Case{"mlp1", "tpu_v1", false},
                                         Case{"lstm0", "tpu_v1", false}, Case{"lstm1", "tpu_v1", false},
                                         Case{"lstm_lm", "tpu_v1", true}),
                         [](const auto& info) {
                           return std::string(info.param.network) + "_on_" + info.param.chip;
                         });

}  // namespace
}  // namespace nnp
