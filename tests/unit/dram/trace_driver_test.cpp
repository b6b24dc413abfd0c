// SPDX-License-Identifier: Apache-2.0
// Rungs 1 and 2: acceptance, window and latency of the trace driver, and its account of the data bus.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "tests/support/dram_trace_run.h"

namespace nnp::sim::test {
namespace {

using nnp::test::check_trace;
using nnp::test::jedec_timing;
using nnp::test::JedecTiming;

class Driver : public ::testing::TestWithParam<std::string> {
 protected:
  const JedecTiming& t = jedec_timing(GetParam());
  DramConfig config = make_dram_config(GetParam());
  std::vector<TraceRequest> random_requests(std::size_t count, std::uint32_t write_percent,
                                            std::uint64_t seed) const {
    std::mt19937_64 random(seed);
    std::vector<TraceRequest> requests(count);
    for (TraceRequest& request : requests)
      request = {random() % (config.capacity_bytes() / 64), random() % 100 < write_percent};
    return requests;
  }
};

TEST_P(Driver, CountsIdleLatencyFromAcceptanceToTheLastData) {
  const TraceRun closed = run_trace(config, {at(config, {})});
  EXPECT_EQ(closed.result.cycles, t.tRCD_RD + t.tCL + t.burst);
  EXPECT_EQ(closed.result.read_latency.largest(), t.tRCD_RD + t.tCL + t.burst);
  const TraceRun conflict = run_trace(config, {at(config, {}), at(config, {.row = 1})}, 1);
  const Cycles opened = t.tRCD_RD + t.tCL + t.burst;
  const Cycles wait = std::max(opened, t.tRAS) - opened;  // where the first row must stay open longer
  EXPECT_EQ(conflict.result.read_latency.largest(), wait + t.tRP + t.tRCD_RD + t.tCL + t.burst);
  EXPECT_EQ(conflict.result.cycles, opened + wait + t.tRP + t.tRCD_RD + t.tCL + t.burst);
}

// With one read outstanding, the next is accepted in the clock in which the data of the one before has
// crossed.
TEST_P(Driver, WithAWindowOfOneReadsOfOneRowTakeTheirLatencyEach) {
  config.refresh = RefreshMode::off;
  std::vector<TraceRequest> requests;
  for (std::uint32_t i = 0; i < 20; ++i) requests.push_back(at(config, {.column = i}));
  const TraceRun run = run_trace(config, requests, 1);
  EXPECT_EQ(run.result.cycles, t.tRCD_RD + 20 * (t.tCL + t.burst));
  EXPECT_EQ(run.result.read_latency.percentile(0.5), t.tCL + t.burst);
  EXPECT_EQ(waited(run.result, BusWait::no_requests), 19 * t.tCL + t.tCL);
}

TEST_P(Driver, KeepsTheWindowAndLosesNothingWithinIt) {
  for (const std::uint32_t window : {1u, 2u, 7u, 32u, 200u}) {
    const auto requests = random_requests(2000, 0, 3);
    const TraceRun run = run_trace(config, requests, window);
    SCOPED_TRACE(fmt::format("{} window {}", GetParam(), window));
    EXPECT_EQ(check_trace(run.commands, t), std::vector<std::string>{});
    EXPECT_EQ(run.result.reads, 2000u);
    // Little's law: outstanding on average = latency x rate, never above the window.
    const double outstanding =
        run.result.read_latency.average() * 2000 / static_cast<double>(run.result.cycles);
    EXPECT_LE(outstanding, window * 1.0001);
    EXPECT_GT(outstanding, 0.9 * std::min(window, 7u));
  }
}

TEST_P(Driver, AcceptsAtMostOneRequestAClock) {
  config.refresh = RefreshMode::off;
  const TraceRun run = run_trace(config, random_requests(10, 100, 1));  // writes: accepted at once
  EXPECT_EQ(run.result.writes, 10u);
  EXPECT_GE(run.result.cycles, 9 + t.tRCD_WR + t.tCWL + t.burst);
}

TEST_P(Driver, AccountsForEveryClockOfTheDataBus) {
  for (const std::uint32_t write_percent : {0u, 30u, 100u}) {
    for (const std::uint32_t window : {0u, 3u}) {
      for (const PagePolicy policy : {PagePolicy::open, PagePolicy::closed}) {
        config.page_policy = policy;
        const TraceRun run = run_trace(config, random_requests(1500, write_percent, 9), window);
        const DramStatistics& s = run.result.statistics;
        // The last data's end, from the commands themselves.
        Cycle end = 0;
        for (const DramCommand& c : run.commands) {
          if (c.op == DramOp::RD) end = std::max(end, c.cycle + t.tCL + t.burst);
          if (c.op == DramOp::WR) end = std::max(end, c.cycle + t.tCWL + t.burst);
        }
        EXPECT_EQ(run.result.cycles + 1, end);  // commands count from the cycle before the first acceptance
        EXPECT_EQ(std::accumulate(s.bus_waits.begin(), s.bus_waits.end(), s.data_cycles), run.result.cycles);
        EXPECT_EQ(check_trace(run.commands, t), std::vector<std::string>{});
      }
    }
  }
}

TEST_P(Driver, DoesTheSameInBothEngines) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    config.page_policy = seed % 2 == 0 ? PagePolicy::closed : PagePolicy::open;
    config.queue_depth = seed == 3 ? 2 : 32;
    const auto requests = random_requests(600, 40, seed);
    const std::uint32_t window = std::array{0u, 1u, 5u, 20u}[seed % 4];
    const TraceRun leap = run_trace(config, requests, window);
    const TraceRun stepped = run_trace(config, requests, window, Engine::stepped);
    SCOPED_TRACE(fmt::format("{} seed {}", GetParam(), seed));
    EXPECT_EQ(leap.result.cycles, stepped.result.cycles);
    EXPECT_TRUE(leap.commands == stepped.commands);
    EXPECT_TRUE(leap.result.statistics == stepped.result.statistics);
    EXPECT_EQ(leap.result.read_latency.average(), stepped.result.read_latency.average());
  }
}

INSTANTIATE_TEST_SUITE_P(Presets, Driver, ::testing::ValuesIn(nnp::test::jedec_presets()),
                         [](const auto& info) { return info.param; });

TEST(DriverIdeal, MovesAtTheCapAndAnswersAfterTheLatency) {
  DramConfig config = make_dram_config("ideal");  // 1 GHz
  config.ideal_bandwidth_bytes_per_s = 32e9, config.ideal_latency_s = 50e-9;
  std::vector<TraceRequest> requests(100);
  for (std::size_t i = 0; i < requests.size(); ++i) requests[i] = {i * 64, false};
  EXPECT_EQ(run_trace(config, requests).result.cycles, 100u * 2 + 50);
  EXPECT_EQ(run_trace(config, {requests[0]}).result.read_latency.largest(), 2u + 50);
}

TEST(DriverNothing, OfAnEmptyTraceComesNothing) {
  const TraceRun run = run_trace(make_dram_config("ddr4_2400"), {});
  EXPECT_EQ(run.result.cycles, 0u);
  EXPECT_EQ(run.result.read_latency.average(), 0.0);
}

// What each kind of traffic is told it waited for.
TEST(BusAccount, NamesTheCause) {
  const DramConfig config = make_dram_config("ddr4_2400");
  std::vector<TraceRequest> turns, nothing;
  for (std::uint32_t i = 0; i < 120; ++i) turns.push_back(at(config, {.column = i % 2}, i % 2 == 1));
  EXPECT_GT(wait_share(run_trace(config, turns, 1).result, BusWait::turnaround), 0.3);
  for (std::uint32_t i = 0; i < 120; ++i) nothing.push_back(at(config, {.column = i}));
  EXPECT_GT(wait_share(run_trace(config, nothing, 1).result, BusWait::no_requests), 0.7);
  DramConfig two = config;
  two.organization.ranks = 2;
  std::vector<TraceRequest> ranks;
  for (std::uint32_t i = 0; i < 200; ++i)
    ranks.push_back(at(two, {.group = i / 2 % 4, .column = i / 8, .rank = i % 2}));
  two.row_hit_cap = 1;
  EXPECT_GT(waited(run_trace(two, ranks, 2).result, BusWait::rank_switch), 0u);
  std::vector<TraceRequest> long_run(20'000);
  for (std::size_t i = 0; i < long_run.size(); ++i) long_run[i] = {i * 64, false};
  DramConfig spread = config;
  spread.address_map = "row:bank:column:bankgroup";
  EXPECT_NEAR(wait_share(run_trace(spread, long_run).result, BusWait::refresh), 420.0 / 9360, 0.006);
}

TEST(Latencies, GiveTheirPercentiles) {
  LatencyCounts counts;
  for (Cycles latency = 1; latency <= 100; ++latency) counts.add(latency);
  EXPECT_EQ(counts.percentile(0.5), 50u);
  EXPECT_EQ(counts.percentile(0.99), 99u);
  EXPECT_EQ(counts.percentile(1), 100u);
  EXPECT_EQ(counts.largest(), 100u);
  EXPECT_EQ(counts.average(), 50.5);
}

}  // namespace
}  // namespace nnp::sim::test
