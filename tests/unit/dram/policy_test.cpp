// SPDX-License-Identifier: Apache-2.0
// Rung 1: what the controller chooses - order of rows, hit cap, write drain, order of reads and writes of the
// same bytes.
#include <fmt/format.h>

#include <map>

#include "tests/support/dram_places.h"
#include "tests/unit/dram/traffic.h"

namespace nnp::sim::test {
namespace {

std::string ops(const std::vector<DramCommand>& commands) {
  std::string text;
  for (const DramCommand& command : commands) text += fmt::format("{} ", to_string(command.op));
  return text;
}

TEST(Scheduling, ServesARowHitBeforeAnOlderConflict) {
  const DramConfig config = make_dram_config("ddr3_1600");
  Rig rig(config);
  rig.run({{0, read_of(address_of(config, {}))},
           {100, read_of(address_of(config, {.row = 1}))},
           {100, read_of(address_of(config, {.column = 1}))}});
  EXPECT_EQ(ops(rig.commands), "ACT RD RD PRE ACT RD ");
  const DramStatistics& s = rig.channel->statistics();
  EXPECT_EQ(s.row_misses, 1u);
  EXPECT_EQ(s.row_hits, 1u);
  EXPECT_EQ(s.row_conflicts, 1u);
}

TEST(Scheduling, ClosesARowAfterTheCapWhenAnOlderRequestWaits) {
  for (const std::uint32_t cap : {1u, 4u, 7u}) {
    DramConfig config = make_dram_config("ddr3_1600");
    config.row_hit_cap = cap;
    std::vector<Sent> script{{0, read_of(address_of(config, {}))},
                             {100, read_of(address_of(config, {.row = 1}))}};
    for (std::uint32_t i = 1; i <= 10; ++i)
      script.push_back({100, read_of(address_of(config, {.column = i}))});
    Rig rig(config);
    rig.run(script);
    const auto reads = rig.cycles_of(DramOp::RD), closes = rig.cycles_of(DramOp::PRE);
    ASSERT_GE(closes.size(), 1u);
    EXPECT_EQ(std::count_if(reads.begin(), reads.end(),
                            [&](Cycle cycle) { return cycle > 100 && cycle < closes[0]; }),
              cap);
  }
}

TEST(Scheduling, KeepsARowOpenBeyondTheCapWhenNobodyElseWaits) {
  DramConfig config = make_dram_config("ddr3_1600");
  config.row_hit_cap = 2;
  Rig rig(config);
  rig.run({{0, read_of(0, 30 * 64)}});
  EXPECT_EQ(rig.cycles_of(DramOp::ACT).size(), 1u);
  EXPECT_EQ(rig.cycles_of(DramOp::PRE).size(), 0u);
}

TEST(Scheduling, DoesNotHoldTheCapAgainstTheOldestOfTheOtherDirection) {
  DramConfig config = make_dram_config("ddr3_1600");
  config.row_hit_cap = 1;
  config.queue_depth = 4, config.write_high_percent = 25, config.write_low_percent = 0;
  Rig rig(config);
  rig.run({{0, read_of(address_of(config, {}))},
           {100, read_of(address_of(config, {.row = 1}))},
           {100, read_of(address_of(config, {.column = 1}))},
           {103, write_of(address_of(config, {.column = 2}))}});
  EXPECT_EQ(ops(rig.commands), "ACT RD RD WR PRE ACT RD ");
}

TEST(Scheduling, OpensOtherBanksWhileAColumnStreamRuns) {
  const DramConfig config = make_dram_config("ddr3_2133");
  Rig rig(config);
  rig.run({{0, read_of(address_of(config, {}), 20 * 64)},
           {30, read_of(address_of(config, {.bank = 3}), 4 * 64)}});
  const auto reads = rig.cycles_of(DramOp::RD);
  EXPECT_EQ(reads.at(4), 31u);  // a column has the command bus when the other bank is asked for,
  EXPECT_EQ(rig.cycles_of(DramOp::ACT).at(1), 32u);  // so its row opens one clock later
  for (std::size_t i = 1; i < reads.size(); ++i) EXPECT_EQ(reads[i] - reads[i - 1], 4u);
}

TEST(WriteDrain, LetsReadsGoFirstBelowTheHighWatermarkAndStopsAtTheLow) {
  DramConfig config = make_dram_config("ddr3_1600");
  config.queue_depth = 8, config.write_high_percent = 75, config.write_low_percent = 25;
  const auto place = [&](std::uint32_t column) { return address_of(config, {.column = column}); };
  const auto order = [&](std::uint32_t writes) {
    std::vector<Sent> script;
    for (std::uint32_t i = 0; i < 6; ++i) script.push_back({0, read_of(place(i))});
    for (std::uint32_t i = 0; i < writes; ++i) script.push_back({0, write_of(place(20 + i))});
    Rig rig(config);
    rig.run(script);
    return ops(rig.commands);
  };
  EXPECT_EQ(order(5), "ACT RD RD RD RD RD RD WR WR WR WR WR ");
  EXPECT_EQ(order(6), "ACT WR WR WR WR RD RD RD RD RD RD WR WR ");
}

TEST(Order, AReadSeesAnEarlierWriteOfItsBytesAndAWriteWaitsForAnEarlierRead) {
  const DramConfig config = make_dram_config("ddr4_2400");
  Rig raw(config);
  raw.run({{0, write_of(0)}, {0, read_of(64)}, {0, read_of(10, 4)}});
  EXPECT_LT(raw.cycles_of(DramOp::WR).at(0),
            raw.cycles_of(DramOp::RD).at(0) + raw.cycles_of(DramOp::RD).at(1));
  ASSERT_EQ(raw.commands.size(), 4u);
  EXPECT_EQ(raw.commands.back().op, DramOp::RD);
  EXPECT_EQ(raw.commands.back().column, 0u);

  DramConfig eager = config;  // one write is enough to start a drain
  eager.queue_depth = 4, eager.write_high_percent = 25, eager.write_low_percent = 0;
  Rig war(eager);
  war.run({{0, read_of(0)}, {0, write_of(10, 4)}});
  EXPECT_EQ(ops(war.commands), "ACT RD WR ");
}

TEST(Order, AReadBehindAWriteOfItsBytesMakesTheWriteGoAtOnce) {
  Rig rig(make_dram_config("ddr3_1600"));
  rig.run({{0, read_of(64)}, {0, read_of(128)}, {0, write_of(0)}, {0, read_of(0)}});
  EXPECT_EQ(ops(rig.commands), "ACT WR RD RD RD ");
}

TEST(Order, EveryBurstSeesItsReadsAndWritesInTheOrderOfTheRequests) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    DramConfig config = make_dram_config(seed % 2 == 0 ? "ddr3_1600" : "ddr4_3200");
    config.queue_depth = seed % 3 == 0 ? 4 : 16;
    const auto script = random_traffic(
        seed,
        {.requests = 400, .max_bytes = 200, .span = 1024, .far_rows = 2, .write_percent = 50, .gap = 4});
    Rig rig(config);
    rig.run(script);
    std::map<std::uint64_t, std::string> asked, done;
    for (const Sent& sent : script) {
      const MemoryRequest& r = sent.request;
      for (std::uint64_t burst = r.address / 64; burst <= (r.address + r.bytes - 1) / 64; ++burst)
        asked[burst] += r.write ? 'W' : 'R';
    }
    std::map<std::uint32_t, std::uint32_t> open;
    for (const DramCommand& c : rig.commands) {
      const std::uint32_t bank = c.bank_group * 8u + c.bank;
      if (c.op == DramOp::ACT) open[bank] = c.row;
      if (c.op != DramOp::RD && c.op != DramOp::WR) continue;
      const Place place{open[bank], c.bank, c.bank_group, c.column};
      done[address_of(config, place) / 64] += c.op == DramOp::WR ? 'W' : 'R';
    }
    EXPECT_EQ(done, asked) << "seed " << seed;
  }
}

TEST(FullQueues, NeverStopTheTrafficHoweverSmallTheyAreAndHoweverLongTheTrains) {
  for (const std::uint32_t depth : {1u, 2u, 3u, 4u}) {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
      DramConfig config = make_dram_config("ddr4_2400");
      config.queue_depth = depth;
      config.write_low_percent = seed % 2 == 0 ? 0 : 25;
      Rig rig(config);
      rig.run(random_traffic(
          seed,
          {.requests = 200, .max_bytes = 3000, .span = 4096, .far_rows = 2, .write_percent = 50, .gap = 0}));
      EXPECT_TRUE(rig.requester.done())
          << "depth " << depth << " seed " << seed << ": " << rig.channel->waiting_for();
    }
  }
}

TEST(Faults, ARequestOutsideTheChannelIsAnInternalError) {
  const DramConfig config = make_dram_config("ddr3_1600");
  const Bytes capacity = config.capacity_bytes();
  EXPECT_EQ(capacity, 4ull << 30);
  for (const MemoryRequest& request :
       {read_of(capacity), read_of(capacity - 1, 2), read_of(~0ull), read_of(0, 0)}) {
    Rig rig(config);
    EXPECT_THROW(rig.run({{0, request}}), InternalError);
  }
  Rig rig(config);
  rig.run({{0, read_of(capacity - 1, 1)}});
  EXPECT_EQ(rig.requester.answered().size(), 1u);
}

}  // namespace
}  // namespace nnp::sim::test
