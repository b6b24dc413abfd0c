// SPDX-License-Identifier: Apache-2.0
// Rungs 1 and 2: every timing symbol at its edge, and the closed formulas of idle latency.
#include <fmt/format.h>

#include "tests/support/dram_places.h"
#include "tests/unit/dram/memory_rig.h"

namespace nnp::sim::test {
namespace {

using nnp::test::check_trace;
using nnp::test::jedec_timing;
using nnp::test::JedecTiming;

struct Access {
  Cycle cycle;
  bool write;
  Place place;
};
/// Two commands whose distance is set by one symbol alone: the `second_index`-th `second` after the
/// `first_index`-th `first`.
struct Edge {
  std::string symbol;
  std::vector<Access> accesses;
  DramOp first;
  std::size_t first_index;
  DramOp second;
  std::size_t second_index;
  std::uint64_t on_top = 0;                 // added to the symbol by the rule
  std::map<std::string, double> also = {};  // symbols moved out of the way
};

constexpr bool R = false, W = true;

std::vector<Edge> edges(const std::string& preset) {
  const JedecTiming& t = jedec_timing(preset);
  const DramConfig config = make_dram_config(preset);
  const std::uint64_t write_end = t.tCWL + t.tDQSS + t.burst;
  const std::uint32_t groups = t.bank_groups;
  const auto spread = [&](std::uint32_t i) { return Place{0, i / groups, i % groups, 0}; };
  const char* tRCD_RD = config.timing.has("tRCD") ? "tRCD" : "tRCDRD";
  const char* tRCD_WR = config.timing.has("tRCD") ? "tRCD" : "tRCDWR";
  // Where four activates at tRRD_S take longer than tFAW, a shorter tRRD_S lets the window show.
  std::map<std::string, double> far_columns{{tRCD_RD, 120}};
  if (4 * t.tRRD_S > t.tFAW) far_columns["tRRD_S"] = 4;
  std::vector<Edge> list{
      {tRCD_RD, {{0, R, {}}}, DramOp::ACT, 0, DramOp::RD, 0},
      {tRCD_WR, {{0, W, {}}}, DramOp::ACT, 0, DramOp::WR, 0},
      {"tRP", {{0, R, {}}, {500, R, {.row = 1}}}, DramOp::PRE, 0, DramOp::ACT, 1},
      {"tRAS", {{0, R, {}}, {0, R, {.row = 1}}}, DramOp::ACT, 0, DramOp::PRE, 0},
      {"tRC", {{0, R, {}}, {0, R, {.row = 1}}}, DramOp::ACT, 0, DramOp::ACT, 1},
      {"tRTP", {{0, R, {}}, {300, R, {.column = 1}}, {300, R, {.row = 1}}}, DramOp::RD, 1, DramOp::PRE, 0},
      {"tWR", {{0, W, {}}, {0, W, {.row = 1}}}, DramOp::WR, 0, DramOp::PRE, 0, write_end},
      {"tFAW",
       {{0, R, spread(0)}, {0, R, spread(1)}, {0, R, spread(2)}, {0, R, spread(3)}, {0, R, spread(4)}},
       DramOp::ACT,
       0,
       DramOp::ACT,
       4,
       0,
       far_columns},
      {"tRTW", {{0, R, {}}, {300, R, {.column = 1}}, {300, W, {.column = 2}}}, DramOp::RD, 1, DramOp::WR, 0},
      {"tRFC", {{t.tREFI + 5, R, {}}}, DramOp::REF, 0, DramOp::ACT, 0},
      {"tREFI", {{3 * t.tREFI + 5, R, {}}}, DramOp::REF, 0, DramOp::REF, 1},
  };
  const auto add = [&](const char* plain, const char* split, std::vector<Access> accesses, DramOp first,
                       std::size_t first_index, DramOp second, std::size_t second_index,
                       std::uint64_t on_top) {
    const char* name = groups > 1 ? split : plain;
    if (name != nullptr)
      list.push_back({name, std::move(accesses), first, first_index, second, second_index, on_top});
  };
  const Place same{.bank = 1}, other{.group = 1};  // bank 1 is another bank of group 0
  add("tRRD", "tRRD_L", {{0, R, {}}, {0, R, same}}, DramOp::ACT, 0, DramOp::ACT, 1, 0);
  add(nullptr, "tRRD_S", {{0, R, {}}, {0, R, other}}, DramOp::ACT, 0, DramOp::ACT, 1, 0);
  for (const bool write : {false, true}) {
    const DramOp op = write ? DramOp::WR : DramOp::RD;
    const char* tCCD_L = write && config.timing.has("tCCD_L_WR") ? "tCCD_L_WR" : "tCCD_L";
    add("tCCD", tCCD_L, {{0, write, {}}, {300, write, {.column = 1}}, {300, write, {.column = 5}}}, op, 1, op,
        2, 0);
    add("tCCD", tCCD_L, {{0, write, {}}, {0, write, same}, {300, write, {}}, {300, write, same}}, op, 2, op,
        3, 0);
    add(nullptr, "tCCD_S", {{0, write, {}}, {0, write, other}, {300, write, {}}, {300, write, other}}, op, 2,
        op, 3, 0);
  }
  add("tWTR", "tWTR_L", {{0, R, {}}, {300, W, {.column = 1}}, {303, R, {.column = 2}}}, DramOp::WR, 0,
      DramOp::RD, 1, write_end);
  add("tWTR", "tWTR_L", {{0, R, {}}, {0, R, same}, {300, W, {}}, {303, R, same}}, DramOp::WR, 0, DramOp::RD,
      2, write_end);
  add(nullptr, "tWTR_S", {{0, R, {}}, {0, R, other}, {300, W, {}}, {303, R, other}}, DramOp::WR, 0,
      DramOp::RD, 2, write_end);
  if (config.timing.has("tPPD")) {
    list.push_back({"tPPD",
                    {{0, R, {}}, {0, R, same}, {500, R, {.row = 1}}, {500, R, {.row = 1, .bank = 1}}},
                    DramOp::PRE,
                    0,
                    DramOp::PRE,
                    1});
  }
  if (config.timing.has("tRPab"))
    list.push_back({"tRPab", {{0, R, {}}, {t.tREFI + 5, R, {}}}, DramOp::PREA, 0, DramOp::REF, 0});
  return list;
}

class TimingEdge : public ::testing::TestWithParam<std::string> {};

TEST_P(TimingEdge, TheSecondCommandComesExactlyAtTheEdgeAndAnyEarlierBreaksTheRule) {
  for (const Edge& edge : edges(GetParam())) {
    JedecTiming table = jedec_timing(GetParam());
    for (const auto& [symbol, value] : edge.also) {
      for (std::uint64_t* known : checker_values(table, symbol)) *known = static_cast<std::uint64_t>(value);
    }
    for (const std::uint64_t longer : {0, 1, 3}) {
      SCOPED_TRACE(fmt::format("{} {} + {}, {} to {}", GetParam(), edge.symbol, longer, to_string(edge.first),
                               to_string(edge.second)));
      JedecTiming moved = table;
      for (std::uint64_t* value : checker_values(moved, edge.symbol)) *value += longer;
      const std::uint64_t clocks = *checker_values(moved, edge.symbol).front();
      auto symbols = edge.also;
      if (longer != 0) symbols[edge.symbol] = static_cast<double>(clocks);
      const DramConfig config = make_dram_config(GetParam(), symbols);
      std::vector<Sent> script;
      for (const Access& access : edge.accesses) {
        const Address address = address_of(config, access.place);
        const auto bytes = static_cast<std::uint32_t>(config.access_bytes());
        script.push_back({access.cycle, access.write ? write_of(address, bytes) : read_of(address, bytes)});
      }
      Rig rig(config);
      rig.run(script);
      const auto first = rig.cycles_of(edge.first), second = rig.cycles_of(edge.second);
      ASSERT_GT(first.size(), edge.first_index);
      ASSERT_GT(second.size(), edge.second_index);
      EXPECT_EQ(second[edge.second_index] - first[edge.first_index], clocks + edge.on_top);
      EXPECT_EQ(check_trace(rig.commands, moved), std::vector<std::string>{});

      // At n - 1 the checker objects, by name: the same trace against a rule that is one clock longer. (tREFI
      // is no distance rule.)
      if (edge.symbol == "tREFI") continue;
      for (std::uint64_t* value : checker_values(moved, edge.symbol)) ++*value;
      const auto faults = check_trace(rig.commands, moved);
      ASSERT_FALSE(faults.empty());
      EXPECT_TRUE(faults.front().starts_with(edge.symbol.substr(0, 4))) << faults.front();
    }
  }
}

TEST_P(TimingEdge, IdleReadLatencyIsTheFormulaForClosedOpenAndConflictingRows) {
  const JedecTiming& t = jedec_timing(GetParam());
  const DramConfig config = make_dram_config(GetParam());
  Rig rig(config);
  rig.run({{0, read_of(address_of(config, {}), 1)},
           {1000, read_of(address_of(config, {.column = 3}), 1)},
           {2000, read_of(address_of(config, {.row = 9}), 1)}});
  ASSERT_EQ(rig.requester.answered().size(), 3u);
  // Sent in cycle n, a request is seen in n + 1; its answer is seen one cycle after its last data beat.
  const auto latency = [&](std::size_t i, Cycle sent) {
    return rig.requester.answered()[i].cycle - 1 - (sent + 1);
  };
  EXPECT_EQ(latency(0, 0), t.tRCD_RD + t.tCL + t.burst);
  EXPECT_EQ(latency(1, 1000), t.tCL + t.burst);
  EXPECT_EQ(latency(2, 2000), t.tRP + t.tRCD_RD + t.tCL + t.burst);
}

TEST_P(TimingEdge, AWriteIsAnsweredWhenTakenAndKeepsTheChannelBusyUntilItsData) {
  const JedecTiming& t = jedec_timing(GetParam());
  Rig rig(make_dram_config(GetParam()));
  const Cycle end = rig.run({{0, write_of(0, 1)}});
  ASSERT_EQ(rig.requester.answered().size(), 1u);
  EXPECT_EQ(rig.requester.answered()[0].cycle, 2u);
  EXPECT_FALSE(rig.channel->idle());
  rig.channel->finish(end + 1000);
  EXPECT_EQ(rig.channel->statistics().pending_cycles, t.tRCD_WR + t.tCWL + t.burst);
}

TEST_P(TimingEdge, ARefreshDelaysARequestAsIfItHadBeenWatchedAllTheTime) {
  const JedecTiming& t = jedec_timing(GetParam());
  const DramConfig config = make_dram_config(GetParam());
  for (const Cycle after : {Cycle{0}, Cycle{1}, t.tRPab - 1, t.tRPab, t.tRPab + t.tRFC - 1, t.tRPab + t.tRFC,
                            t.tRPab + t.tRFC + 7}) {
    Rig rig(config);
    // The first read leaves a row open: the refresh precharges at tREFI and refreshes tRPab later.
    rig.run({{0, read_of(0, 1)}, {t.tREFI + after - 1, read_of(64, 1)}});
    EXPECT_EQ(rig.cycles_of(DramOp::PREA).at(0), t.tREFI);
    EXPECT_EQ(rig.cycles_of(DramOp::REF).at(0), t.tREFI + t.tRPab);
    EXPECT_EQ(rig.cycles_of(DramOp::ACT).at(1), t.tREFI + std::max(after, t.tRPab + t.tRFC))
        << "arrives " << after << " after tREFI";
  }
}

INSTANTIATE_TEST_SUITE_P(Presets, TimingEdge, ::testing::ValuesIn(nnp::test::jedec_presets()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace nnp::sim::test
