// SPDX-License-Identifier: Apache-2.0
// nnpsim dram as scripts use it.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/expect.h"
#include "tests/support/temporary_folder.h"

namespace nnp::test {
namespace {

using Json = nlohmann::ordered_json;

class DramCommand : public ::testing::Test {
 protected:
  std::string sequential(int requests) const {
    std::string text;
    for (int i = 0; i < requests; ++i) text += fmt::format("R 0x{:x}\n", i * 64);
    return folder.file("trace.txt", text);
  }
  Json json_of(Words arguments) const {
    arguments.insert(arguments.begin(), "dram");
    arguments.push_back("--json");
    const Outcome outcome = run_nnpsim(arguments);
    EXPECT_EQ(outcome.exit, 0) << reproducer(arguments) << outcome.err;
    return Json::parse(outcome.out);
  }
  TemporaryFolder folder;
};

TEST_F(DramCommand, ReportsEveryKeyOfItsSchema) {
  const Json report = json_of({"--preset", "ddr4_2400", "--trace", sequential(2000), "--set", "tRFC=400"});
  EXPECT_EQ(report.begin().key(), "schema");
  EXPECT_EQ(report["schema"], "nnpsim.dram/1");
  for (const char* key : {"preset", "requests", "cycles", "gbps", "peak_fraction", "latency", "row_hits",
                          "row_misses", "row_conflicts", "commands", "timing"})
    EXPECT_TRUE(report.contains(key)) << key;
  for (const char* key : {"average", "p50", "p99", "max"})
    EXPECT_TRUE(report["latency"][key].is_number()) << key;
  for (const char* key : {"act", "pre", "rd", "wr", "ref"})
    EXPECT_TRUE(report["commands"][key].is_number()) << key;
  EXPECT_EQ(report["requests"], 2000);
  EXPECT_EQ(report["commands"]["rd"], 2000);
  EXPECT_EQ(report["timing"]["tCL"], 17);
  EXPECT_EQ(report["timing"]["tRFC"], 400);
  const double seconds = report["cycles"].get<double>() / 1.2e9;
  EXPECT_NEAR(report["gbps"], 2000 * 64 / seconds / 1e9, 1e-9);
  EXPECT_NEAR(report["peak_fraction"], report["gbps"].get<double>() / 19.2, 1e-9);
  std::uint64_t sum = 0;
  double shares = 0;
  for (const auto& [name, cycles] : report["bus_cycles"].items()) sum += cycles.get<std::uint64_t>();
  for (const auto& [name, share] : report["shares"].items()) shares += share.get<double>();
  EXPECT_EQ(sum, report["cycles"]);
  EXPECT_NEAR(shares, 1.0, 1e-12);
}

TEST_F(DramCommand, TakesWindowMapAndSettings) {
  const std::string trace = sequential(1000);
  // One read at a time in one row: tCL + BL/2 each, and tRCD once (JESD79-4 speed bin T: 17, 4, 17).
  const Json one = json_of({"--preset", "ddr4_2400", "--trace",
                            folder.file("short.txt", "R 0x0\nR 0x40\nR 0x80\n"), "--window", "1"});
  EXPECT_EQ(one["cycles"], 17 + 3 * 21);
  EXPECT_EQ(one["latency"]["max"], 38);
  const Json same = json_of({"--preset", "ddr4_2400", "--trace", trace, "--set", "refresh=off"});
  const Json spread = json_of({"--preset", "ddr4_2400", "--trace", trace, "--set", "refresh=off",
                               "--address-map", "row:bank:column:bankgroup"});
  EXPECT_GT(spread["peak_fraction"], 0.98);
  EXPECT_LT(same["peak_fraction"], 0.80);  // tCCD_L, but at the borders of rows
  EXPECT_EQ(spread["refresh"], "off");
  EXPECT_EQ(json_of({"--preset", "hbm2_2000", "--trace", trace, "--set", "tRCD=20"})["timing"]["tRCDWR"], 20);
}

TEST_F(DramCommand, SaysInOneSentenceWhereTheTimeWent) {
  const Outcome outcome = run_nnpsim({"dram", "--preset", "ddr4_2400", "--trace", sequential(3000)});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("The data bus moves data in"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("columns too close in one bank group (tCCD_L)"), std::string::npos)
      << outcome.out;
}

TEST_F(DramCommand, KnowsNoLatencyWithoutReads) {
  const Json report = json_of({"--preset", "ddr3_1600", "--trace", folder.file("w.txt", "W 0x0\n")});
  EXPECT_TRUE(report["latency"]["average"].is_null());
  EXPECT_EQ(report["cycles"], 11 + 8 + 4);
  EXPECT_EQ(json_of({"--preset", "ddr3_1600", "--trace", folder.file("e.txt", "")})["requests"], 0);
}

TEST_F(DramCommand, FoldsAddressesBeyondTheMemoryAndSaysSo) {
  const Outcome outcome = run_nnpsim(
      {"dram", "--preset", "hbm2_2000", "--trace", folder.file("far.txt", "W 0x10000000\nR 0x40\n")});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("far.txt: 1 of 2 requests lie beyond the memory's 256.0 MiB"), std::string::npos)
      << outcome.err;
}

TEST_F(DramCommand, NamesFileLineAndColumnOfABadRequest) {
  const std::string bad = folder.file("bad.txt", "R 0x0\nR 64\n");
  expect_refused({"dram", "--preset", "ddr4_2400", "--trace", bad}, 3, {bad + ":2:3: '6' begins no address"});
  expect_refused({"dram", "--preset", "ddr4_2400", "--trace", folder.path("none.txt")}, 3,
                 {"none.txt: No such file"});
}

}  // namespace
}  // namespace nnp::test
