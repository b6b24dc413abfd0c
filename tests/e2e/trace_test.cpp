// SPDX-License-Identifier: Apache-2.0
// --trace, query and explain as a user meets them.
#include <nlohmann/json.hpp>

#include "tests/e2e/expect.h"
#include "tests/support/temporary_folder.h"

namespace nnp::test {
namespace {

using Json = nlohmann::ordered_json;

class Trace : public testing::Test {
 protected:
  Trace() {
    const Outcome run =
        run_nnpsim({"run", "lenet5", "--chip", "edge8", "--trace", path_, "--trace-level", "full", "--json"});
    EXPECT_EQ(run.exit, 0) << run.err;
    run_ = Json::parse(run.out);
  }
  Json ask(Words arguments) {
    arguments.insert(arguments.begin(), {"query", path_});
    arguments.push_back("--json");
    const Outcome outcome = run_nnpsim(arguments);
    EXPECT_EQ(outcome.exit, 0) << reproducer(arguments) << outcome.err;
    const Json answer = Json::parse(outcome.out);
    EXPECT_EQ(answer["schema"], "nnpsim.query/1");
    EXPECT_EQ(answer["cycles"], run_["cycles"]);
    return answer;
  }
  TemporaryFolder folder_;
  std::string path_ = folder_.path("lenet.npt");
  Json run_;
};

TEST_F(Trace, HoldsTheAccountsOfTheRun) {
  const Json overview = ask({});
  EXPECT_EQ(overview["units"], run_["units"]);
  EXPECT_EQ(overview["level"], "full");
  EXPECT_TRUE(overview["complete"]);
}

TEST_F(Trace, KeepsTheLaws) { EXPECT_EQ(ask({"--verify"})["breaches"], Json::array()); }

TEST_F(Trace, HasACriticalPathWhosePiecesFollowEachOtherAndSumToTheCycles) {
  std::uint64_t at = 0;
  const Json answer = ask({"--critical-path"});
  for (const Json& piece : answer["path"]) {
    EXPECT_EQ(piece["start"], at);
    EXPECT_TRUE(piece["state"] == "busy" || piece["state"] == "wait") << piece;
    at += piece["cycles"].get<std::uint64_t>();
  }
  EXPECT_EQ(at, run_["cycles"]);
}

TEST_F(Trace, HasTheWaitsOfTheRunByCause) {
  std::map<std::string, std::map<std::string, std::uint64_t>> sums;
  const Json all = ask({"--stalls"});
  for (const Json& stall : all["stalls"])
    sums[stall["unit"]][stall["cause"]] += stall["cycles"].get<std::uint64_t>();
  for (const auto& [unit, account] : run_["units"].items())
    for (const auto& [cause, cycles] : account["waits"].items()) EXPECT_EQ(sums[unit][cause], cycles) << unit;
  const Json some = ask({"--stalls", "--unit", "matrix", "--cause", "weight_shift", "--layer", "fc1"});
  ASSERT_EQ(some["stalls"].size(), 1u);
  EXPECT_LT(some["stalls"][0]["cycles"], run_["units"]["matrix"]["waits"]["weight_shift"]);
}

TEST_F(Trace, TellsEveryUnitsStateAtACycle) {
  const Json answer = ask({"--at", "5000"});
  ASSERT_EQ(answer["units"].size(), run_["units"].size());
  for (const Json& unit : answer["units"]) {
    if (unit["unit"] == "dram0") continue;  // of the memory's clock
    EXPECT_LE(unit["start"], 5000u);
    EXPECT_GT(unit["start"].get<std::uint64_t>() + unit["cycles"].get<std::uint64_t>(), 5000u);
  }
}

TEST_F(Trace, IsTheSameForTheOtherEngineAndReplacesAnOlderFile) {
  const std::string bytes = read_bytes(path_);
  const Outcome stepped = run_nnpsim({"run", "lenet5", "--chip", "edge8", "--trace", path_, "--trace-level",
                                      "full", "--quiet", "--engine", "stepped", "--timing-only"});
  EXPECT_EQ(stepped.exit, 0) << stepped.err;
  EXPECT_TRUE(bytes == read_bytes(path_));
  EXPECT_EQ(folder_.names(), Words{"lenet.npt"});
}

TEST_F(Trace, AsksOnlyForWhatIsThere) {
  expect_refused({"query", path_, "--at", "99999999"}, 2, {"--at 99999999", "ends at cycle"});
  expect_refused({"query", path_, "--stalls", "--unit", "matrx"}, 2, {"matrx", "did you mean matrix?"});
  expect_refused({"query", path_, "--cause", "weight_stal"}, 2, {"did you mean weight_stall?"});
  expect_refused({"query", path_, "--layer", "cnv1"}, 2, {"did you mean conv1?"});
  expect_refused({"query", path_, "--at", "1", "--stalls"}, 2, {"one of"});
}

TEST(TraceFile, OfLevelSummaryHasFiguresAndSaysWhatItLacks) {
  const TemporaryFolder folder;
  const std::string path = folder.path("small.npt");
  ASSERT_EQ(
      run_nnpsim({"run", "lenet5", "--chip", "edge8", "--trace", path, "--trace-level", "summary", "--quiet"})
          .exit,
      0);
  EXPECT_NE(run_nnpsim({"query", path}).out.find("weight_shift"), std::string::npos);
  expect_refused({"query", path, "--critical-path"}, 3, {"figures only", "units"});
}

TEST(TraceFile, ThatIsNoneIsRefused) {
  const TemporaryFolder folder;
  expect_refused({"query", folder.path("none.npt")}, 3, {"none.npt", "cannot be read"});
  expect_refused({"query", folder.file("text.npt", "hello")}, 3, {"text.npt", "is not a trace"});
  expect_refused({"run", "lenet5", "--chip", "edge8", "--trace", "/nowhere/x.npt"}, 3,
                 {"/nowhere/x.npt", "cannot be written"});
  expect_refused({"run", "lenet5", "--chip", "edge8", "--trace", folder.path("")}, 3, {"not a plain file"});
}

TEST(TraceFile, CutOffIsReadUpToItsLastWholeChunk) {
  const TemporaryFolder folder;
  const std::string path = folder.path("whole.npt");
  ASSERT_EQ(run_nnpsim({"run", "lenet5", "--chip", "edge8", "--trace", path, "--quiet"}).exit, 0);
  const std::string bytes = read_bytes(path);
  const Outcome query = run_nnpsim({"query", folder.file("cut.npt", bytes.substr(0, bytes.size() / 2))});
  EXPECT_EQ(query.exit, 0) << query.err;
  EXPECT_NE(query.err.find("ends early"), std::string::npos) << query.err;
}

TEST(Explain, TellsMeaningLengthAndRemedy) {
  const Outcome outcome = run_nnpsim({"explain", "weight_stall"});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  for (const char* word : {"means", "lasts", "try"})
    EXPECT_NE(outcome.out.find(word), std::string::npos) << outcome.out;
  expect_refused({"explain", "bank_conflcit"}, 2, {"did you mean bank_conflict?"});
}

TEST(Explain, TellsALayersStoryFromShapeToGap) {
  const Outcome outcome = run_nnpsim({"explain", "lenet5", "--chip", "edge8", "--layer", "conv2"});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  for (const char* word : {"Shape", "Tiles", "Bounds", "<- the bound", "Count", "Gap", "edge_tiles"})
    EXPECT_NE(outcome.out.find(word), std::string::npos) << "lacks " << word << ":\n" << outcome.out;
  expect_refused({"explain", "lenet5", "--chip", "edge8", "--layer", "cnov2"}, 2, {"did you mean conv2?"});
  expect_refused({"explain", "lenet", "--chip", "edge8", "--layer", "conv2"}, 2, {"did you mean lenet5?"});
}

}  // namespace
}  // namespace nnp::test
