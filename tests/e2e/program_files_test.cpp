// SPDX-License-Identifier: Apache-2.0
// compile, exec, disasm and asm: a program file runs as the network it came from, and survives the way
// through text.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/expect.h"
#include "tests/support/temporary_folder.h"

namespace nnp::test {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Words& arguments) {
  const Outcome outcome = run_nnpsim(arguments);
  EXPECT_EQ(outcome.exit, 0) << reproducer(arguments) << '\n' << outcome.err;
  return Json::parse(outcome.out);
}

class ProgramFile : public testing::Test {
 protected:
  ProgramFile() {
    report_ = json_of({"compile", "lenet5", "--chip", "edge8", "-o", path_, "--verify", "--json"});
  }
  TemporaryFolder folder_;
  std::string path_ = folder_.path("lenet.nnp");
  Json report_;
};

TEST_F(ProgramFile, IsDescribedByCompile) {
  EXPECT_EQ(report_["schema"], "nnpsim.compile/1");
  EXPECT_EQ(report_["network"], "lenet5");
  EXPECT_GT(report_["instructions"], 10);
  EXPECT_EQ(folder_.names(), Words{"lenet.nnp"});
}

TEST_F(ProgramFile, RunsAsTheNetworkItWasCompiledFrom) {
  const Json run = json_of({"run", "lenet5", "--chip", "edge8", "--check", "naive,onednn", "--json"});
  const Json exec = json_of({"exec", path_, "--chip", "edge8", "--check", "naive,onednn", "--json"});
  for (const char* key :
       {"network", "chip", "precision", "batch", "cycles", "layers", "units", "dram", "pcie", "outputs"})
    EXPECT_EQ(run[key], exec[key]) << key;
  EXPECT_EQ(exec["check"][0]["status"], "passed");
  EXPECT_EQ(exec["check"][1]["status"], "passed");
}

TEST_F(ProgramFile, RunsOnAChipThatDiffersInTimingOnly) {
  const Json slow = json_of({"exec", path_, "--chip", "edge8", "--set", "core.frequency=100 MHz", "--json"});
  EXPECT_EQ(slow["check"][0]["status"], "passed");
}

TEST_F(ProgramFile, IsStoppedAtTheCycleThatIsAllowed) {
  expect_refused({"exec", path_, "--chip", "edge8", "--max-cycles", "10000"}, 4,
                 {"is not done at cycle", "--max-cycles"});
  expect_refused({"run", "lenet5", "--chip", "edge8", "--max-cycles", "100", "--engine", "stepped"}, 4,
                 {"is not done at cycle 100", "--max-cycles"});
}

TEST_F(ProgramFile, MayNotAskTheHostForMoreThanTheCyclesAllow) {
  // LeNet-5 multiplies 416,520 times.
  expect_refused({"exec", path_, "--chip", "edge8", "--max-cycles", "1000"}, 4,
                 {"operations; the host allows 1e+05", "--max-cycles"});
}

TEST_F(ProgramFile, ComesBackEqualFromItsText) {
  const Outcome text = run_nnpsim({"disasm", path_});
  ASSERT_EQ(text.exit, 0) << text.err;
  const Outcome assembled =
      run_nnpsim({"asm", folder_.file("lenet.s", text.out), "-o", folder_.path("again.nnp")});
  ASSERT_EQ(assembled.exit, 0) << assembled.err;
  EXPECT_EQ(read_bytes(path_), read_bytes(folder_.path("again.nnp")));
}

/// The text with the first signal on the load queue taken away: a reader no longer waits for its data.
std::string without_a_wait(std::string text) {
  const std::size_t at = text.find(" wait=", text.find("\nmatrix."));
  return text.erase(at, text.find_first_of(" \n", at + 1) - at);
}

TEST_F(ProgramFile, WithAMissingWaitIsRefusedByAsmUnlessUnchecked) {
  const std::string source = folder_.file("racy.s", without_a_wait(run_nnpsim({"disasm", path_}).out));
  expect_refused({"asm", source, "-o", folder_.path("racy.nnp")}, 2, {"racy.s", "--unchecked"});
  EXPECT_EQ(folder_.names(), (Words{"lenet.nnp", "racy.s"}));
  EXPECT_EQ(run_nnpsim({"asm", source, "-o", folder_.path("racy.nnp"), "--unchecked"}).exit, 0);
}

/// The first launch's IRQ waits for a token that nobody signals.
std::string with_an_endless_wait(std::string text) {
  const std::size_t line = text.find("\nmatrix.");
  const std::size_t at = text.find(" wait=", line), end = text.find_first_of(" \n", at + 1);
  return text.replace(at, end - at, " wait=63:1");
}

TEST_F(ProgramFile, ThatCanNeverGoOnEndsWithTheWaitGraph) {
  const std::string source = folder_.file("stuck.s", with_an_endless_wait(run_nnpsim({"disasm", path_}).out));
  const std::string program = folder_.path("stuck.nnp");
  expect_refused({"asm", source, "-o", program}, 2, {"stuck.s"});
  ASSERT_EQ(run_nnpsim({"asm", source, "-o", program, "--unchecked"}).exit, 0);
  expect_refused({"exec", program, "--chip", "edge8", "--output", folder_.path("out")}, 4,
                 {"deadlock", "matrix", "63"});
  EXPECT_EQ(folder_.names(), (Words{"lenet.nnp", "stuck.nnp", "stuck.s"}));
}

}  // namespace
}  // namespace nnp::test
