// SPDX-License-Identifier: Apache-2.0
// whatif: what it answers is what a run on the chip with those parameters gives.
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

/// Of the program that lenet5 is on edge8, on that chip with other settings.
std::uint64_t cycles_with(const Words& settings) {
  const TemporaryFolder folder;
  const std::string program = folder.path("lenet5.nnp");
  const Outcome compiled = run_nnpsim({"compile", "lenet5", "--chip", "edge8", "-o", program});
  EXPECT_EQ(compiled.exit, 0) << compiled.err;
  Words arguments{"exec", program, "--chip", "edge8", "--timing-only", "--json"};
  for (const std::string& setting : settings) arguments.insert(arguments.end(), {"--set", setting});
  return json_of(arguments)["cycles"];
}

TEST(Whatif, SimulatesTheChipWithOneResourceMadeIdeal) {
  const Json answer = json_of({"whatif", "lenet5", "--chip", "edge8", "--json"});
  EXPECT_EQ(answer["schema"], "nnpsim.whatif/1");
  EXPECT_EQ(answer["cycles"], cycles_with({}));
  const Words dram{"memory.preset=\"ideal\"", "memory.ideal_bandwidth=\"100 TB/s\"",
                   "memory.ideal_latency=\"1 ps\"", "memory.crossbar_latency_cycles=1"};
  const Words sram{"core.buffer.banks=1024", "core.buffer.read_latency_cycles=1"};
  for (const Json& row : answer["what_if"]) {
    if (row["resource"] == "dram") {
      EXPECT_EQ(row["cycles"], cycles_with(dram));
    }
    if (row["resource"] == "sram") {
      EXPECT_EQ(row["cycles"], cycles_with(sram));
    }
    if (row["resource"] == "array_fill") {
      EXPECT_EQ(row["cycles"], cycles_with({"core.array.ideal_fill=true"}));
    }
    EXPECT_LE(row["critical_path_cycles"], answer["cycles"]) << row;
    EXPECT_NEAR(row["gain"].get<double>(), 1 - row["cycles"].get<double>() / answer["cycles"].get<double>(),
                1e-12);
  }
  ASSERT_EQ(answer["what_if"].size(), 5u);
  EXPECT_LT(answer["together_cycles"], answer["cycles"]);
}

TEST(Whatif, TakesTheCalibrationOfARun) {
  const Json answer = json_of(
      {"whatif", "lenet5", "--chip", "edge8", "--calibration", "entropy", "--ideal", "dram", "--json"});
  EXPECT_EQ(answer["cycles"], cycles_with({})) << "values change no cycle";
  expect_refused({"whatif", "lenet5", "--chip", "edge8", "--percentile", "99"}, 2,
                 {"--calibration percentile"});
}

TEST(Whatif, AsksAboutTheResourcesThatAreNamed) {
  const Json answer = json_of({"whatif", "lenet5", "--chip", "edge8", "--ideal", "pcie,dram", "--json"});
  ASSERT_EQ(answer["what_if"].size(), 2u);
  EXPECT_EQ(answer["what_if"][0]["resource"], "pcie");
  expect_refused({"whatif", "lenet5", "--chip", "edge8", "--ideal", "dran"}, 2,
                 {"dran", "did you mean dram?"});
}

}  // namespace
}  // namespace nnp::test
