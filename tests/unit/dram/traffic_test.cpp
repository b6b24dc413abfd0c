// SPDX-License-Identifier: Apache-2.0
// Rung 4: whatever the traffic, no rule of the standard is broken, every request is answered once, and the
// sums add up.
#include <fmt/format.h>

#include <numeric>

#include "tests/support/dram_checker.h"
#include "tests/unit/dram/traffic.h"

namespace nnp::sim::test {
namespace {

using nnp::test::check_trace;
using nnp::test::jedec_timing;

class AnyTraffic : public ::testing::TestWithParam<std::string> {};

TEST_P(AnyTraffic, BreaksNoRuleAndIsAnsweredExactlyOnce) {
  const Traffic kinds[] = {{},
                           {.max_bytes = 64, .span = 1ull << 30, .gap = 3},
                           {.max_bytes = 5000, .span = 1 << 14, .gap = 0},
                           {.span = 4096, .far_rows = 2, .write_percent = 50, .gap = 5}};
  for (const char* map :
       {"row:bank:bankgroup:column", "row:bank:column:bankgroup", "column:bankgroup:row:bank"}) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      SCOPED_TRACE(fmt::format("{} map {} seed {}", GetParam(), map, seed));
      DramConfig config = make_dram_config(GetParam());
      config.address_map = map;
      Traffic traffic = kinds[seed % 4];
      traffic.far_step = config.capacity_bytes() / 8, traffic.span = std::min(traffic.span, traffic.far_step);
      config.page_policy = seed % 2 == 0 ? PagePolicy::closed : PagePolicy::open;
      const auto script = random_traffic(seed, traffic);
      Rig rig(config, Engine::leap, seed % 3 == 0 ? 3 : 1000);
      const Cycle end = rig.run(script);
      ASSERT_TRUE(rig.requester.done());
      std::vector<std::uint32_t> seen(script.size(), 0);
      for (const Answered& answer : rig.requester.answered()) ++seen.at(answer.id);
      EXPECT_EQ(seen, std::vector<std::uint32_t>(script.size(), 1));
      EXPECT_EQ(check_trace(rig.commands, jedec_timing(GetParam())), std::vector<std::string>{});

      rig.channel->finish(end + 500);
      const DramStatistics& s = rig.channel->statistics();
      const Bytes burst = config.organization.burst_bytes();
      std::uint64_t bursts[2] = {}, bytes[2] = {};
      for (const Sent& sent : script) {
        const MemoryRequest& r = sent.request;
        bursts[r.write] += (r.address + r.bytes - 1) / burst - r.address / burst + 1;
        bytes[r.write] += r.bytes;
      }
      EXPECT_EQ(s.read_bursts, bursts[0]);
      EXPECT_EQ(s.write_bursts, bursts[1]);
      EXPECT_EQ(s.read_bytes, bytes[0]);
      EXPECT_EQ(s.write_bytes, bytes[1]);
      EXPECT_EQ(s.row_hits + s.row_misses + s.row_conflicts, bursts[0] + bursts[1]);
      EXPECT_EQ(s.data_cycles, config.organization.burst_clocks() * (bursts[0] + bursts[1]));
      EXPECT_EQ(s.rd, rig.cycles_of(DramOp::RD).size());
      EXPECT_EQ(s.wr, rig.cycles_of(DramOp::WR).size());
      EXPECT_EQ(s.act, rig.cycles_of(DramOp::ACT).size());
      EXPECT_EQ(s.pre, rig.cycles_of(DramOp::PRE).size() + rig.cycles_of(DramOp::PREA).size());
      EXPECT_EQ(s.ref, rig.cycles_of(DramOp::REF).size());
      EXPECT_LE(s.row_misses + s.row_conflicts, s.act);
      EXPECT_LE(s.row_conflicts, rig.cycles_of(DramOp::PRE).size());
    }
  }
}

TEST_P(AnyTraffic, AccountsForEveryCycleOnce) {
  const DramConfig config = make_dram_config(GetParam());
  Rig rig(config);
  const Cycle end = rig.run(random_traffic(11, {.far_step = config.capacity_bytes() / 8})) + 12'345;
  rig.channel->finish(end);
  Cycle at = 0;
  Cycles busy = 0, refresh = 0;
  for (const StateRecord& record : rig.records.all) {
    EXPECT_EQ(record.start, at);
    at += record.length;
    if (record.state.state == State::busy) busy += record.length;
    if (record.state.state != State::wait) continue;
    EXPECT_EQ(record.state.cause, Cause::refresh);
    refresh += record.length;
  }
  const DramStatistics& statistics = rig.channel->statistics();
  EXPECT_EQ(at, end);
  EXPECT_EQ(busy + refresh, statistics.pending_cycles);
  EXPECT_EQ(refresh, statistics.bus_waits[static_cast<std::size_t>(BusWait::refresh)]);
  EXPECT_GT(refresh, 0u);
  EXPECT_LT(busy, end);
}

TEST_P(AnyTraffic, RefreshesOnceEveryIntervalBusyOrIdle) {
  const Cycles tREFI = jedec_timing(GetParam()).tREFI;
  for (const Cycle gap : {Cycle{0}, Cycle{30}, Cycle{3000}}) {
    const DramConfig config = make_dram_config(GetParam());
    Rig rig(config);
    const Cycle end =
        rig.run(random_traffic(5, {.requests = 3000, .far_step = config.capacity_bytes() / 8, .gap = gap}));
    rig.channel->finish(end + 10 * tREFI);
    EXPECT_NEAR(static_cast<double>(rig.channel->statistics().ref),
                static_cast<double>((end + 10 * tREFI) / tREFI), 1.0);
  }
  Rig idle(make_dram_config(GetParam()));
  idle.channel->finish(100 * tREFI + 1);
  EXPECT_EQ(idle.channel->statistics().ref, 100u);
  EXPECT_EQ(idle.domain.ticks(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Presets, AnyTraffic, ::testing::ValuesIn(nnp::test::jedec_presets()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace nnp::sim::test
