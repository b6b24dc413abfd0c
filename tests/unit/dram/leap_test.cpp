// SPDX-License-Identifier: Apache-2.0
// Rung "stepped = leap": the channel that sleeps and issues ahead does exactly what one does that looks at
// every cycle.
#include <fmt/format.h>

#include <bit>
#include <cmath>

#include "tests/support/dram_checker.h"
#include "tests/unit/dram/traffic.h"

namespace nnp::sim::test {
namespace {

using nnp::test::jedec_timing;

std::string text(const std::vector<DramCommand>& commands, std::size_t i) {
  if (i >= commands.size()) return "nothing";
  const DramCommand& c = commands[i];
  return fmt::format("{}@{} k{} g{} b{} r{} c{}", to_string(c.op), c.cycle, c.rank, c.bank_group, c.bank,
                     c.row, c.column);
}
std::string first_difference(const std::vector<DramCommand>& leap, const std::vector<DramCommand>& stepped) {
  std::size_t i = 0;
  while (i < leap.size() && i < stepped.size() && leap[i] == stepped[i]) ++i;
  return fmt::format("command {}: leap {}, stepped {}", i, text(leap, i), text(stepped, i));
}

void expect_equal(const DramConfig& config, const std::vector<Sent>& script, std::uint32_t window,
                  std::uint64_t core_khz = 0, Cycle idle = 20'000) {
  Rig leap(config, Engine::leap, window, true, core_khz),
      stepped(config, Engine::stepped, window, true, core_khz);
  const Cycle end = std::max(leap.run(script), stepped.run(script)) + idle;
  for (Cycle cycle = stepped.domain.now() + 1; cycle < end; ++cycle) stepped.domain.run_cycle(cycle);
  leap.channel->finish(end);
  stepped.channel->finish(end);
  ASSERT_TRUE(leap.requester.done());
  EXPECT_TRUE(leap.commands == stepped.commands) << first_difference(leap.commands, stepped.commands);
  EXPECT_TRUE(leap.requester.answered() == stepped.requester.answered());
  EXPECT_TRUE(leap.channel->statistics() == stepped.channel->statistics());
  EXPECT_TRUE(leap.records.all == stepped.records.all);
  EXPECT_LT(leap.domain.ticks(), stepped.domain.ticks());
}

class LeapEqualsStepped : public ::testing::TestWithParam<std::string> {};

// Small queues, a low cap, short refresh intervals and few rows: this is where differences show.
TEST_P(LeapEqualsStepped, InCommandsAnswersSumsAndStates) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    std::mt19937_64 random(seed);
    const RefreshMode refresh =
        std::array{RefreshMode::all_bank, RefreshMode::per_bank, RefreshMode::off}[seed % 3];
    const bool sets = refresh == RefreshMode::per_bank && jedec_timing(GetParam()).per_bank.sets != 0;
    const double tREFI = std::floor(static_cast<double>(jedec_timing(GetParam()).tREFI) / 2.3);
    DramConfig config =
        sets ? make_dram_config(GetParam()) : make_dram_config(GetParam(), {{"tREFI", tREFI}});
    config.refresh = refresh == RefreshMode::per_bank && !sets ? RefreshMode::all_bank : refresh;
    config.page_policy = seed % 4 < 2 ? PagePolicy::open : PagePolicy::closed;
    config.organization.ranks = seed % 5 == 0 ? 2 : 1;
    config.queue_depth = std::array{1u, 2u, 5u, 8u, 32u}[random() % 5];
    config.row_hit_cap = std::array{1u, 3u, 16u}[random() % 3];
    config.write_high_percent = std::array{50u, 75u, 100u}[random() % 3];
    const std::string split = fmt::format("row:column[{}:2]:bank:rank:bankgroup:column[1:0]",
                                          std::countr_zero(config.organization.bursts_per_row()) - 1);
    config.address_map = std::array<std::string, 3>{"row:bank:bankgroup:column",
                                                    "row:bank^row:column:bankgroup^row", split}[random() % 3];
    const std::uint32_t window = std::array{1u, 4u, 1000u}[random() % 3];
    const Traffic traffic{.requests = 150,
                          .max_bytes = std::array{64u, 300u, 4000u}[random() % 3],
                          .span = std::array{Bytes{512}, Bytes{1} << 14, Bytes{1} << 24}[random() % 3],
                          .far_step = config.capacity_bytes() / 8,
                          .gap = std::array{0u, 10u, 60u}[random() % 3],
                          .long_gap = 8'000};
    SCOPED_TRACE(fmt::format("{} seed {}: depth {} cap {} window {} bytes {} span {} gap {} map {}",
                             GetParam(), seed, config.queue_depth, config.row_hit_cap, window,
                             traffic.max_bytes, traffic.span, traffic.gap, config.address_map));
    expect_equal(config, random_traffic(seed, traffic), window,
                 std::array{0u, 700'000u, 1'933'000u}[seed % 3]);
    if (HasFailure()) return;
  }
}

/// A few streams of aligned requests, as engines send them, and now and then a stranger.
std::vector<Sent> streams(std::mt19937_64& random, const DramConfig& config) {
  struct Stream {
    Address next;
    std::uint32_t bytes;
    bool write;
  };
  const auto below = [&](std::uint64_t limit) { return random() % limit; };
  const std::uint64_t kind = below(4);
  std::vector<Stream> all(1 + below(3));
  for (Stream& stream : all) {
    stream.bytes = 32u << below(6);
    stream.next = (below(config.capacity_bytes() / 2) / stream.bytes) * stream.bytes;
    stream.write = kind == 0 ? below(2) == 0 : kind == 1;
  }
  const Cycle gap = std::array{1u, 1u, 4u, 30u}[below(4)];
  std::vector<Sent> script;
  Cycle cycle = 0;
  for (std::uint32_t i = 0; i < 80; ++i) {
    cycle += below(gap);
    Stream& stream = all[below(all.size())];
    const bool stranger = below(40) == 0;
    const Address address = stranger ? below(config.capacity_bytes() - 4096) : stream.next;
    script.push_back({cycle, {address, stream.bytes, stream.write != (stranger && below(2) == 0), 0, i}});
    if (!stranger) stream.next += stream.bytes;
  }
  return script;
}

// Long regular traffic, so that columns are decided as trains; the stepped engine has none.
TEST_P(LeapEqualsStepped, WithStreamsOverBankGroups) {
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    std::mt19937_64 random(seed);
    DramConfig config = make_dram_config(GetParam());
    const auto low = std::countr_zero(config.organization.bursts_per_row()) - 1;
    config.address_map = std::array<std::string, 5>{
        "row:bank:column:bankgroup", "row:column:bank:bankgroup", "row:bank:bankgroup:column",
        "row:bank^row:column:bankgroup^row",
        fmt::format("row:bank:column[{}:1]:bankgroup:column[0]", low)}[random() % 5];
    config.queue_depth = std::array{4u, 16u, 32u, 64u}[random() % 4];
    config.row_hit_cap = std::array{2u, 16u}[random() % 2];
    config.refresh = random() % 2 == 0 ? RefreshMode::all_bank : RefreshMode::off;
    const std::uint32_t window = std::array{2u, 8u, 40u, 1000u}[random() % 4];
    SCOPED_TRACE(fmt::format("{} seed {}: depth {} cap {} window {} map {}", GetParam(), seed,
                             config.queue_depth, config.row_hit_cap, window, config.address_map));
    expect_equal(config, streams(random, config), window, random() % 2 == 0 ? 0u : 1'000'000u, 500);
    if (HasFailure()) return;
  }
}

/// One to three engines, each with a long stream of equal requests that now and then goes on elsewhere, in a
/// new row of the same banks or of others.
std::vector<Sent> long_streams(std::mt19937_64& random, const DramConfig& config) {
  struct Stream {
    Address next;
    bool write;
  };
  const auto below = [&](std::uint64_t limit) { return random() % limit; };
  const std::uint32_t bytes = static_cast<std::uint32_t>(config.access_bytes()) << below(5);
  const Bytes offset = below(3) == 0 ? below(bytes) : 0;
  const std::uint64_t kind = below(4), jumps = std::array{20u, 60u, 1000u}[below(3)];
  const auto anywhere = [&] { return below(config.capacity_bytes() / 2) / bytes * bytes + offset; };
  std::vector<Stream> all(1 + below(3));
  for (Stream& stream : all) stream = {anywhere(), kind == 0 || (kind == 1 && below(2) == 0)};
  const std::uint64_t in_turns = below(2), gap = std::array{1u, 1u, 3u, 40u}[below(4)];
  std::vector<Sent> script;
  Cycle cycle = 0;
  for (std::uint32_t i = 0; i < 240; ++i) {
    cycle += below(gap);
    Stream& stream = all[in_turns != 0 ? i % all.size() : below(all.size())];
    script.push_back({cycle, {stream.next, bytes, stream.write, 0, i}});
    stream.next = below(jumps) == 0 ? anywhere() : stream.next + bytes;
  }
  return script;
}

// Enough in order that whole rounds of banks are known at once, and rows change meanwhile.
TEST_P(LeapEqualsStepped, WithLongStreams) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    std::mt19937_64 random(seed);
    DramConfig config = make_dram_config(GetParam());
    config.address_map = std::array<std::string, 4>{"row:bank:column:bankgroup", "row:column:bank:bankgroup",
                                                    "row:bank:bankgroup:column",
                                                    "row:bank^row:column:bankgroup^row"}[random() % 4];
    config.queue_depth = std::array{16u, 32u, 64u, 64u}[random() % 4];
    config.row_hit_cap = std::array{1u, 4u, 16u}[random() % 3];
    config.refresh = random() % 4 != 0 ? RefreshMode::all_bank : RefreshMode::off;
    const std::uint32_t window = std::array{8u, 40u, 1000u}[random() % 3];
    SCOPED_TRACE(fmt::format("{} seed {}: depth {} cap {} window {} map {}", GetParam(), seed,
                             config.queue_depth, config.row_hit_cap, window, config.address_map));
    expect_equal(config, long_streams(random, config), window, random() % 2 == 0 ? 0u : 1'000'000u, 500);
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Presets, LeapEqualsStepped, ::testing::ValuesIn(nnp::test::jedec_presets()),
                         [](const auto& info) { return info.param; });

TEST(LeapEqualsSteppedIdeal, InAnswersSumsAndStates) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    DramConfig config = make_dram_config("ideal");
    config.ideal_bandwidth_bytes_per_s = 7.3e9;
    config.ideal_latency_s = 33e-9;
    SCOPED_TRACE(fmt::format("seed {}", seed));
    expect_equal(config, random_traffic(seed), seed % 2 == 0 ? 3 : 1000);
  }
}

TEST(Reset, MakesTheNextRunEqualToTheFirst) {
  Rig rig(make_dram_config("ddr4_2400"));
  const auto script = random_traffic(3);
  const Cycle end = rig.run(script);
  rig.channel->finish(end);
  const auto commands = std::exchange(rig.commands, {});
  const auto answered = rig.requester.answered();
  const auto statistics = rig.channel->statistics();
  rig.channel->reset(), rig.domain.reset();
  rig.run(script);
  rig.channel->finish(end);
  EXPECT_EQ(rig.commands, commands);
  EXPECT_EQ(rig.requester.answered(), answered);
  EXPECT_EQ(rig.channel->statistics(), statistics);
}

TEST(Reset, DropsWhatIsUnderWay) {
  const DramConfig config = make_dram_config("ddr3_1600");
  Rig rig(config);
  rig.run(random_traffic(3, {.gap = 0, .long_gap = 0}), 700);
  EXPECT_FALSE(rig.channel->idle());
  EXPECT_NE(rig.channel->waiting_for(), "");
  rig.channel->reset();
  EXPECT_TRUE(rig.channel->idle());
  EXPECT_EQ(rig.channel->waiting_for(), "");
  EXPECT_EQ(rig.channel->statistics(), DramStatistics{});
}

}  // namespace
}  // namespace nnp::sim::test
