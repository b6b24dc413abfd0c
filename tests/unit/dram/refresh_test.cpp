// SPDX-License-Identifier: Apache-2.0
// Rungs 1 and 2: per-bank refresh, and no refresh at all.
#include <fmt/format.h>

#include "tests/support/dram_trace_run.h"
#include "tests/unit/dram/memory_rig.h"
#include "tests/unit/dram/traffic.h"

namespace nnp::sim::test {
namespace {

using nnp::test::check_trace;
using nnp::test::jedec_timing;
using nnp::test::JedecTiming;

class PerBankRefresh : public ::testing::TestWithParam<std::string> {
 protected:
  PerBankRefresh() { config.refresh = RefreshMode::per_bank; }
  const JedecTiming& t = jedec_timing(GetParam());
  DramConfig config = make_dram_config(GetParam());
  Cycles interval() const { return t.tREFI / t.per_bank.sets; }
  MemoryRequest read(const Place& place) const { return read_of(address_of(config, place), 1); }
  Place bank(std::uint32_t number) const {
    return {.bank = number % t.banks_per_group, .group = number / t.banks_per_group};
  }
};

// REFpb at the interval; the set's bank opens tRFCpb later, and any earlier breaks the rule.
TEST_P(PerBankRefresh, HoldsItsOwnBanksForTheirTime) {
  Rig rig(config);
  rig.run({{interval() + 5, read(bank(0))}});
  EXPECT_EQ(rig.cycles_of(DramOp::REFpb).at(0), interval());
  EXPECT_EQ(rig.cycles_of(DramOp::ACT).at(0), interval() + t.per_bank.tRFC);
  EXPECT_EQ(check_trace(rig.commands, t), std::vector<std::string>{});
  JedecTiming longer = t;
  ++longer.per_bank.tRFC;
  const auto faults = check_trace(rig.commands, longer);
  ASSERT_FALSE(faults.empty());
  EXPECT_TRUE(faults.front().starts_with("tRFCpb")) << faults.front();
}

TEST_P(PerBankRefresh, HoldsOtherBanksForAFewClocksAlone) {
  Rig rig(config);
  rig.run({{interval() - 1, read(bank(1))}});
  EXPECT_EQ(rig.cycles_of(DramOp::ACT).at(0), interval() + t.per_bank.to_act);
  JedecTiming longer = t;
  ++longer.per_bank.to_act;
  EXPECT_TRUE(check_trace(rig.commands, longer).at(0).starts_with("REFpb to ACT"));
}

TEST_P(PerBankRefresh, WaitsForAnActivateElsewhereInTheRank) {
  Rig rig(config);
  rig.run({{interval() - 2, read(bank(1))}});
  EXPECT_EQ(rig.cycles_of(DramOp::ACT).at(0), interval() - 1);
  EXPECT_EQ(rig.cycles_of(DramOp::REFpb).at(0), interval() - 1 + t.per_bank.after_act);
  JedecTiming longer = t;
  ++longer.per_bank.after_act;
  EXPECT_TRUE(check_trace(rig.commands, longer).at(0).starts_with("ACT to REFpb"));
}

TEST_P(PerBankRefresh, ClosesAnOpenBankOfItsSetFirst) {
  Rig rig(config);
  rig.run({{0, read(bank(0))}, {interval() + 2, read(bank(1))}});
  EXPECT_EQ(rig.cycles_of(DramOp::PRE).at(0), interval());
  EXPECT_EQ(rig.cycles_of(DramOp::REFpb).at(0), interval() + t.tRP);
}

TEST_P(PerBankRefresh, ComesToEverySetOnceInEveryInterval) {
  Rig rig(config);
  const Cycle end = rig.run(random_traffic(5, {.requests = 2000, .far_step = config.capacity_bytes() / 8}));
  rig.channel->finish(std::max(end, 20 * t.tREFI));
  EXPECT_EQ(check_trace(rig.commands, t), std::vector<std::string>{});
  const double expected = static_cast<double>(std::max(end, 20 * t.tREFI)) / static_cast<double>(interval());
  EXPECT_NEAR(static_cast<double>(rig.channel->statistics().ref), expected, 2.0);
}

// Streams that do not need the refreshed bank go on: more of the peak is left than with all-bank refresh.
TEST_P(PerBankRefresh, LeavesMoreBandwidthThanAllBankRefresh) {
  DramConfig all = make_dram_config(GetParam());
  config.address_map = all.address_map = "row:column:bank:bankgroup";
  std::vector<TraceRequest> requests(20'000);
  for (std::size_t i = 0; i < requests.size(); ++i) requests[i] = {i * config.access_bytes(), false};
  const TraceRun one = run_trace(config, requests), whole = run_trace(all, requests);
  EXPECT_EQ(check_trace(one.commands, t), std::vector<std::string>{});
  EXPECT_LT(one.result.cycles, whole.result.cycles) << GetParam();
}

std::vector<std::string> presets_with_sets() {
  std::vector<std::string> names;
  for (const std::string& name : nnp::test::jedec_presets())
    if (jedec_timing(name).per_bank.sets != 0) names.push_back(name);
  return names;
}
INSTANTIATE_TEST_SUITE_P(Presets, PerBankRefresh, ::testing::ValuesIn(presets_with_sets()),
                         [](const auto& info) { return info.param; });

TEST(NoRefresh, LeavesAStreamAtThePeak) {
  DramConfig config = make_dram_config("ddr3_1600");
  config.refresh = RefreshMode::off;
  std::vector<TraceRequest> requests(20'000);
  for (std::size_t i = 0; i < requests.size(); ++i) requests[i] = {i * 64, false};
  const TraceRun run = run_trace(config, requests);
  EXPECT_EQ(run.result.statistics.ref, 0u);
  EXPECT_EQ(run.result.cycles, 20'000u * 4 + 11 + 11);  // tRCD and tCL once
}

TEST(PerBankRefreshConfig, IsRefusedWhereTheStandardHasNone) {
  DramConfig config = make_dram_config("ddr4_2400");
  config.refresh = RefreshMode::per_bank;
  EXPECT_THROW(check(config), std::invalid_argument);
}

}  // namespace
}  // namespace nnp::sim::test
