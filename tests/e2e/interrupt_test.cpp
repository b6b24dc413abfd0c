// SPDX-License-Identifier: Apache-2.0
// Ctrl-C while compiling and while simulating: exit code 130, a word, and nothing half-written.
#include <chrono>
#include <csignal>

#include "tests/e2e/expect.h"
#include "tests/support/temporary_folder.h"

namespace nnp::test {
namespace {

using Clock = std::chrono::steady_clock;

/// True once the program has made its temporary folder and `delay` has passed.
std::function<bool()> under_way(const TemporaryFolder& folder, Clock::duration delay) {
  return [&folder, delay, since = Clock::time_point::max()]() mutable {
    if (folder.names().empty()) return false;
    if (since == Clock::time_point::max()) since = Clock::now();
    return Clock::now() - since >= delay;
  };
}

void expect_interrupted(const Outcome& outcome, const TemporaryFolder& folder, int exit) {
  EXPECT_EQ(outcome.exit, exit) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, "nnpsim: interrupted\n");
  EXPECT_EQ(folder.names(), Words{});
}

TEST(Interrupt, WhileCompilingLeavesNothing) {
  const TemporaryFolder folder;
  const Words arguments{"run", "resnet18", "--output", folder.path("out")};
  expect_interrupted(signal_nnpsim(arguments, under_way(folder, {}), SIGINT), folder, 130);
  expect_interrupted(signal_nnpsim(arguments, under_way(folder, {}), SIGTERM), folder, 143);
}

TEST(Interrupt, WhileSimulatingLeavesNothing) {
  const TemporaryFolder programs, folder;
  const std::string program = programs.path("lenet.nnp");
  ASSERT_EQ(run_nnpsim({"compile", "lenet5", "--chip", "edge8", "-o", program}).exit, 0);
  // A link of 1 ms makes 8 million cycles of mostly waiting, each stepped through: seconds.
  const Words arguments{"exec",     program,
                        "--chip",   "edge8",
                        "--set",    "pcie.latency=1 ms",
                        "--set",    "core.frequency=2 GHz",
                        "--engine", "stepped",
                        "--output", folder.path("out")};
  expect_interrupted(signal_nnpsim(arguments, under_way(folder, std::chrono::milliseconds(200)), SIGINT),
                     folder, 130);
}

}  // namespace
}  // namespace nnp::test
