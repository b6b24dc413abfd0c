// SPDX-License-Identifier: Apache-2.0
// Rung 2: the ideal memory is its two formulas.
#include <random>

#include "tests/unit/dram/memory_rig.h"

namespace nnp::sim::test {
namespace {

DramConfig ideal(double bytes_per_s, double latency_s) {
  DramConfig config = make_dram_config("ideal");  // 1 GHz: a cycle is a nanosecond
  config.ideal_bandwidth_bytes_per_s = bytes_per_s;
  config.ideal_latency_s = latency_s;
  return config;
}

TEST(IdealMemory, AnswersAReadAfterItsBytesAndTheLatency) {
  Rig rig(ideal(32e9, 50e-9));
  rig.run({{10, read_of(0, 256)}});
  ASSERT_EQ(rig.requester.answered().size(), 1u);
  EXPECT_EQ(rig.requester.answered()[0].cycle,
            10u + 1 + 256 / 32 + 50 + 1);  // seen a cycle after it was sent, and after it was answered
}

TEST(IdealMemory, WithoutACapOnlyTheLatencyCounts) {
  Rig rig(ideal(0, 20e-9));
  rig.run({{0, read_of(0, 1 << 20)}, {0, read_of(0, 1)}});
  for (const Answered& answer : rig.requester.answered()) EXPECT_EQ(answer.cycle, 1u + 20 + 1);
}

TEST(IdealMemory, SustainsItsBandwidthExactlyWithOddSizes) {
  for (const double bytes_per_s : {1e9, 7.3e9, 614.4e9}) {
    Rig rig(ideal(bytes_per_s, 0));
    std::vector<Sent> script;
    double bytes = 0;
    for (std::uint32_t i = 0; i < 1000; ++i)
      script.push_back({0, read_of(i * 1000, 1 + i * 37 % 999, i)}), bytes += 1 + i * 37 % 999;
    rig.run(script);
    EXPECT_NEAR(static_cast<double>(rig.requester.answered().back().cycle - 2), bytes / bytes_per_s * 1e9,
                1.0);
    EXPECT_NEAR(static_cast<double>(rig.channel->statistics().data_cycles), bytes / bytes_per_s * 1e9, 1.0);
  }
}

TEST(IdealMemory, IsBusyWhileDataMovesAndIdleElse) {
  Rig rig(ideal(64e9, 10e-9));
  rig.run({{0, read_of(0, 640)}, {100, write_of(0, 128)}});
  rig.channel->finish(200);
  EXPECT_EQ(rig.channel->statistics().pending_cycles, (10u + 10) + 2);
  Cycles total = 0;
  for (const StateRecord& record : rig.records.all) total += record.length;
  EXPECT_EQ(total, 200u);
  EXPECT_TRUE(rig.channel->idle());
}

TEST(IdealMemory, AnswersAndCountsTheSameWhereRequestsComeInOrder) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    std::vector<Sent> script;
    Cycle cycle = 0;
    for (std::uint32_t i = 0; i < 300; ++i) {
      cycle += random() % 4 == 0 ? random() % 60 : 0;
      const auto bytes = static_cast<std::uint32_t>(1 + random() % 300);
      script.push_back({cycle, random() % 3 == 0 ? write_of(i, bytes, i) : read_of(i, bytes, i)});
    }
    const DramConfig config =
        ideal(random() % 4 == 0 ? 0 : 16e9 + 1e9 * (random() % 8), 1e-9 * (random() % 40));
    const std::uint32_t window = 1 + random() % 20;
    const Cycle end = 100 + random() % 4000;  // often in the midst of the script, as a launch may end
    Rig one_by_one(config, Engine::leap, window), at_once(config, Engine::leap, window);
    at_once.channel->expect_order();
    for (Rig* rig : {&one_by_one, &at_once}) {
      rig->run(script, end);
      rig->channel->catch_up(end);
      rig->channel->finish(end);
    }
    EXPECT_EQ(at_once.requester.answered(), one_by_one.requester.answered());
    EXPECT_EQ(at_once.channel->statistics(), one_by_one.channel->statistics());
    EXPECT_EQ(at_once.records.all, one_by_one.records.all);
    EXPECT_LE(at_once.domain.ticks(), one_by_one.domain.ticks());
  }
}

}  // namespace
}  // namespace nnp::sim::test
