// SPDX-License-Identifier: Apache-2.0
// `nnpsim run FILE.csv` as a user of SCALE-Sim meets it.
#include <nlohmann/json.hpp>

#include "tests/e2e/expect.h"
#include "tests/support/temporary_folder.h"

namespace nnp::test {
namespace {

using Json = nlohmann::ordered_json;

TEST(RunTopology, GivesTheLawsCyclesOfEachLayerAndChecksItsValues) {
  const TemporaryFolder folder;
  const std::string file =
      folder.file("two.csv", "Layer, M, N, K,\nfirst, 20, 9, 17,\n\nsecond, 3, 40, 8,\n");
  struct Case {
    const char* kind;
    int first, second;  // R 8, C 4; folds x cycles
  };
  for (const Case& c : {Case{"weight_stationary", 3 * 3 * 38, 1 * 10 * 21},
                        Case{"output_stationary", 3 * 3 * 27, 1 * 10 * 18},
                        Case{"input_stationary", 3 * 5 * 27, 1 * 1 * 58}}) {
    const Words arguments{"run",    file,
                          "--chip", "scalesim",
                          "--set",  std::string("core.array.kind=") + c.kind,
                          "--set",  "core.array.rows=8",
                          "--set",  "core.array.cols=4",
                          "--json"};
    const Outcome outcome = run_nnpsim(arguments);
    ASSERT_EQ(outcome.exit, 0) << reproducer(arguments) << '\n' << outcome.err;
    const Json run = Json::parse(outcome.out);
    EXPECT_EQ(run["network"], "two");
    EXPECT_EQ(run["check"][0]["status"], "passed");
    for (const Json& layer : run["layers"]) {
      if (layer["name"] == "first") {
        EXPECT_EQ(layer["compute_cycles"], c.first) << c.kind;
      } else if (layer["name"] == "second") {
        EXPECT_EQ(layer["compute_cycles"], c.second) << c.kind;
      }
    }
  }
}

TEST(RunTopology, RunsOnAnyChip) {
  const TemporaryFolder folder;
  const std::string file = folder.file("one.csv", "name,h,w,fh,fw,c,f,s\nconv,12,12,3,3,5,9,1\n");
  const Words arguments{"run", file, "--chip", "edge8", "--quiet"};
  EXPECT_EQ(run_nnpsim(arguments).exit, 0) << reproducer(arguments);
}

TEST(RunTopology, RefusesFaultyFilesWithTheirPlace) {
  const TemporaryFolder folder;
  const std::string faulty = folder.file("bad.csv", "Layer, M, N, K\na, 4, many, 5\n");
  expect_refused({"run", faulty, "--chip", "scalesim"}, 3, {faulty + ":2:7: 'many' is not a whole number"});
  expect_refused({"run", folder.path("missing.csv"), "--chip", "scalesim"}, 3,
                 {"missing.csv", "no such file"});
  const std::string good = folder.file("good.csv", "Layer, M, N, K\na, 4, 6, 5\n");
  expect_refused({"run", good, "--chip", "scalesim", "--batch", "2"}, 2, {"--batch 2"});
}

}  // namespace
}  // namespace nnp::test
