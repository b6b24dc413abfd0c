// SPDX-License-Identifier: Apache-2.0
// Rung: property, on whole networks. The traces of the zoo on the shipped chips keep the laws, and stepped
// has the cycles and statistics of leap and writes its bytes; LeNet-5 on every chip there is.
#include <gtest/gtest.h>

#include <map>

#include "compiler/compile_error.h"
#include "models/chips/chip_file.h"
#include "tests/support/network_run.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/traced_run.h"

namespace nnp {
namespace {

/// Runs in both engines where `stepped` says that the network is short enough to be run cycle by cycle.
void keeps_the_laws(const compiler::CompiledNetwork& compiled, const models::ChipSpec& chip, bool stepped,
                    traces::TraceLevel level) {
  const test::TemporaryFolder folder;
  const auto run = [&](sim::Engine engine) {
    sim::ChipOptions options;
    options.engine = engine;
    return test::traced_run(compiled.program, compiled.quantised, chip, folder.path("trace.npt"), options,
                            level);
  };
  const test::TracedRun leap = run(sim::Engine::leap);
  EXPECT_TRUE(leap.breaches.empty()) << leap.breaches.front();
  EXPECT_EQ(leap.path_cycles, leap.cycles);
  if (!stepped) return;
  const test::TracedRun other = run(sim::Engine::stepped);
  EXPECT_EQ(leap.cycles, other.cycles) << "leap against stepped";
  EXPECT_TRUE(leap.statistics == other.statistics) << "leap against stepped";
  EXPECT_TRUE(leap.bytes == other.bytes) << "leap against stepped";
}

struct Case {
  const char* network;
  const char* chip;
  bool stepped = true;
  std::int64_t steps = 0;  // of a sequence; 0: the zoo's default
};

class ZooTraces : public testing::TestWithParam<Case> {};

TEST_P(ZooTraces, KeepTheLaws) {
  const auto& [network, chip_name, stepped, steps] = GetParam();
  const models::ChipSpec chip = models::load_chip(chip_name);
  keeps_the_laws(test::compile_network(network, chip, steps), chip, stepped, traces::TraceLevel::units);
}

INSTANTIATE_TEST_SUITE_P(Zoo, ZooTraces,
                         testing::Values(Case{"resnet18", "tpu_v1"}, Case{"resnet18", "hbm128"},
                                         Case{"resnet18", "edge8", false}, Case{"resnet50", "tpu_v1"},
                                         Case{"resnet50", "edge8", false}, Case{"mlp0", "tpu_v1"},
                                         Case{"mlp1", "tpu_v1", false}, Case{"lstm0", "tpu_v1", false},
                                         Case{"lstm1", "tpu_v1", false}, Case{"lstm_lm", "tpu_v1"},
                                         Case{"lstm_lm", "edge8", true, 3}),
                         [](const auto& info) {
                           return std::string(info.param.network) + "_on_" + info.param.chip;
                         });

/// Chips for which LeNet-5 does not compile, and a part of what the compiler says.
const std::map<std::string, std::string> kTooSmallForLeNet5 = {};

class LeNet5 : public testing::TestWithParam<std::string> {};

TEST_P(LeNet5, IsTheSameInBothEnginesWithEveryMemoryCommand) {
  const models::ChipSpec chip = models::load_chip(GetParam());
  const auto refused = kTooSmallForLeNet5.find(GetParam());
  compiler::CompiledNetwork compiled;
  try {
    compiled = test::compile_network("lenet5", chip);
  } catch (const compiler::CompileError& error) {
    ASSERT_NE(refused, kTooSmallForLeNet5.end()) << "list " << GetParam() << ", or mend it: " << error.what();
    EXPECT_NE(std::string(error.what()).find(refused->second), std::string::npos) << error.what();
    return;
  }
  EXPECT_EQ(refused, kTooSmallForLeNet5.end()) << GetParam() << " compiles after all";
  keeps_the_laws(compiled, chip, true, traces::TraceLevel::full);
}

INSTANTIATE_TEST_SUITE_P(EveryChip, LeNet5, testing::ValuesIn(models::preset_names()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace nnp
