// SPDX-License-Identifier: Apache-2.0
// chips, networks and doctor.
#include <map>
#include <nlohmann/json.hpp>

#include "tests/e2e/expect.h"

namespace nnp::test {
namespace {

nlohmann::ordered_json json_of(const std::string& command) {
  const Outcome outcome = run_nnpsim({command, "--json"});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  return nlohmann::ordered_json::parse(outcome.out);
}

TEST(Chips, ListsEveryPresetWithItsPeak) {
  const auto list = json_of("chips");
  EXPECT_EQ(list.begin().key(), "schema");
  for (const auto& chip : list["chips"]) {
    if (chip["name"] != "tpu_v1") continue;
    EXPECT_NEAR(chip["peak_tops"], 91.75, 0.01);  // ISCA 2017, table 2: 92
  }
  EXPECT_NE(run_nnpsim({"chips"}).out.find("edge8"), std::string::npos);
}

TEST(Networks, ListsTheZooWithItsDefaults) {
  const auto list = json_of("networks");
  EXPECT_EQ(list["schema"], "nnpsim.networks/1");
  std::map<std::string, nlohmann::json> steps;
  for (const auto& network : list["networks"]) steps[network["name"]] = network["default_steps"];
  EXPECT_TRUE(steps.at("lenet5").is_null());
  EXPECT_EQ(steps.at("lstm_lm"), 35);
  EXPECT_NE(run_nnpsim({"networks"}).out.find("resnet50"), std::string::npos);
}

TEST(Doctor, FindsASoundInstallation) {
  const auto report = json_of("doctor");
  EXPECT_EQ(report["schema"], "nnpsim.doctor/1");
  for (const auto& finding : report["findings"]) EXPECT_NE(finding["status"], "failed") << finding;
}

}  // namespace
}  // namespace nnp::test
