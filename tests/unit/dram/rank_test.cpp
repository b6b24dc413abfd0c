// SPDX-License-Identifier: Apache-2.0
// Rung 1: two ranks share the buses. Columns of different ranks leave tRTRS on the data bus; everything else
// is each rank's own.
#include <fmt/format.h>

#include "tests/support/dram_trace_run.h"
#include "tests/unit/dram/memory_rig.h"

namespace nnp::sim::test {
namespace {

using nnp::test::check_trace;
using nnp::test::jedec_timing;
using nnp::test::JedecTiming;

class Ranks : public ::testing::TestWithParam<std::string> {
 protected:
  Ranks() { config.organization.ranks = t.ranks = 2; }
  JedecTiming t = jedec_timing(GetParam());
  DramConfig config = make_dram_config(GetParam());

  MemoryRequest access(bool write, const Place& place) const {
    const Address address = address_of(config, place);
    return write ? write_of(address, 1) : read_of(address, 1);
  }
};

TEST_P(Ranks, LeaveTheirGapOnTheDataBusAtTheEdge) {
  for (const bool first : {false, true}) {
    for (const bool second : {false, true}) {
      SCOPED_TRACE(fmt::format("{} {} then {}", GetParam(), first ? "WR" : "RD", second ? "WR" : "RD"));
      Rig rig(config);
      rig.run(
          {{0, access(false, {})},
           {0, access(false, {.rank = 1})},
           {500, access(first, {.column = 1})},
           // A write waits until the read of the other rank has issued, a read for the write to be chosen.
           {first ? 501u : 500u, access(second, {.column = 1, .rank = 1})}});
      const auto from = rig.cycles_of(first ? DramOp::WR : DramOp::RD).at(first ? 0 : 2);
      const auto to = rig.cycles_of(second ? DramOp::WR : DramOp::RD);
      const Cycle data = from + (first ? t.tCWL : t.tCL) + t.burst + t.tRTRS;
      const Cycle bus = from + t.bus.column, latency = second ? t.tCWL : t.tCL;
      const Cycle arrival = first ? 502 : 501;
      EXPECT_EQ(to.back(), std::max({arrival, bus, data > latency ? data - latency : 0}));
      EXPECT_EQ(check_trace(rig.commands, t), std::vector<std::string>{});
      if (to.back() == std::max(arrival, bus)) continue;  // something else held it
      JedecTiming longer = t;
      ++longer.tRTRS;
      const auto faults = check_trace(rig.commands, longer);
      ASSERT_FALSE(faults.empty());
      EXPECT_TRUE(faults.front().starts_with("tRTRS")) << faults.front();
    }
  }
}

TEST_P(Ranks, DoNotShareActivateOrColumnRules) {
  Rig rig(config);
  rig.run({{0, access(false, {})}, {0, access(false, {.rank = 1})}});
  const auto activates = rig.cycles_of(DramOp::ACT);
  EXPECT_EQ(activates.at(1) - activates.at(0), t.bus.act);  // neither tRRD nor anything but the command bus
}

TEST_P(Ranks, RefreshInTurnWhileTheOtherRankWorks) {
  const Cycle due = t.tREFI;  // rank 0; rank 1 half an interval later
  Rig rig(config);
  rig.run({{due + t.tRPab + 2, access(false, {.rank = 1})}, {2 * t.tREFI, access(false, {})}});
  std::vector<Cycle> refreshed[2];
  for (const DramCommand& command : rig.commands)
    if (command.op == DramOp::REF) refreshed[command.rank].push_back(command.cycle);
  EXPECT_EQ(refreshed[0].at(0), due);
  EXPECT_EQ(refreshed[1].at(0), due + t.tREFI / 2 + t.tRPab);  // its row is open
  EXPECT_EQ(rig.cycles_of(DramOp::ACT).at(0), due + t.tRPab + 3);
}

TEST_P(Ranks, DoubleTheActivatesThatTheWindowAllows) {
  const double apart = std::max({static_cast<double>(t.tFAW) / 4, static_cast<double>(t.tRRD_S)}) / 2;
  std::vector<TraceRequest> requests;
  const std::uint32_t banks = t.bank_groups * t.banks_per_group;
  for (std::uint32_t i = 0; i < 6000; ++i) {
    const std::uint32_t bank = i / 2 % banks;
    requests.push_back(
        at(config, {i / 2 / banks % 512, bank / t.bank_groups, bank % t.bank_groups, 0, i % 2}));
  }
  config.refresh = RefreshMode::off, t.refreshed = false;
  const TraceRun run = run_trace(config, requests);
  EXPECT_EQ(check_trace(run.commands, t), std::vector<std::string>{});
  // Each burst changes rank, or two bursts of a rank are one behind the other.
  const double measured = static_cast<double>(run.result.cycles) / 6000;
  EXPECT_GE(measured, std::max(apart, static_cast<double>(t.burst)) * 0.99);
  EXPECT_LE(measured, std::max(apart, static_cast<double>(t.burst + t.tRTRS)) * 1.2);
  EXPECT_GT(wait_share(run.result, BusWait::rank_switch) + wait_share(run.result, BusWait::tFAW) +
                wait_share(run.result, BusWait::row_cycling) + wait_share(run.result, BusWait::command_bus),
            0.0);
}

INSTANTIATE_TEST_SUITE_P(Presets, Ranks, ::testing::ValuesIn(nnp::test::jedec_presets()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace nnp::sim::test
