// SPDX-License-Identifier: Apache-2.0
// `nnpsim run` with real numbers: fp32 and bf16 before both judges, and what decides the precision.
#include <nlohmann/json.hpp>

#include "tests/e2e/expect.h"

namespace nnp::test {
namespace {

using Json = nlohmann::ordered_json;

Json real_run(const Words& more) {
  Words arguments{"run", "lenet5", "--chip", "fp32ref", "--check", "naive,onednn", "--json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Outcome outcome = run_nnpsim(arguments);
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  return Json::parse(outcome.out);
}

TEST(RealRun, IsJudgedBitForBitByTheLoopsAndWithinItsBoundByOneDnn) {
  for (const char* precision : {"fp32", "bf16"}) {
    const Json run = real_run({"--precision", precision});
    EXPECT_EQ(run["precision"], precision);
    for (const Json& check : run["check"]) {
      EXPECT_EQ(check["status"], "passed") << precision << " " << check.dump();
      EXPECT_EQ(check["mismatches"], 0) << precision;
    }
    for (const Json& layer : run["layers"])
      if (layer["macs"] != 0) {
        EXPECT_EQ(layer["where"], "chip") << layer.dump();
      }
  }
}

TEST(RealRun, AChipWithoutInt8TakesFp32OrElseBf16WhenNoneIsNamed) {
  EXPECT_EQ(real_run({})["precision"], "fp32");
  EXPECT_EQ(real_run({"--set", "core.precisions=[\"bf16\"]"})["precision"], "bf16");
}

TEST(RealRun, ATreeOfAddersIsRefused) {
  expect_refused({"run", "lenet5", "--chip", "fp32ref", "--set", "core.array.kind=adder_tree"}, 2,
                 {"adder_tree", "ascending k", "bf16"});
}

}  // namespace
}  // namespace nnp::test
