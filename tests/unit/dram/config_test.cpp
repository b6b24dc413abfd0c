// SPDX-License-Identifier: Apache-2.0
// Presets against the second, hand-made table; address maps; and what a user's mistake is told.
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <set>

#include "sim/units/dram/address_map.h"
#include "sim/units/dram/memory_channel.h"
#include "sim/units/dram/timing_rules.h"
#include "tests/unit/dram/locate.h"

namespace nnp::sim::test {
namespace {

using nnp::test::jedec_timing;
using nnp::test::JedecTiming;

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "nothing was thrown";
}
#define EXPECT_MESSAGE(action, part)                              \
  do {                                                            \
    const std::string told = message_of([&] { (void)(action); }); \
    EXPECT_NE(told.find(part), std::string::npos) << told;        \
  } while (false)

TEST(Presets, HoldTheClocksThatTheStandardGives) {
  for (const std::string& preset : dram_presets()) {
    if (preset == "ideal") continue;
    std::size_t compared = 0;
    JedecTiming table = jedec_timing(preset);
    const DramConfig config = make_dram_config(preset);
    for (const TimingSymbol& symbol : config.timing.symbols) {
      EXPECT_FALSE(symbol.source.empty());
      if (symbol.name == "tCK") continue;
      for (const std::uint64_t* value : checker_values(table, symbol.name))
        EXPECT_EQ(symbol.value, *value) << preset << " " << symbol.name;
      ++compared;
    }
    EXPECT_EQ(config.organization.bank_groups, table.bank_groups);
    EXPECT_EQ(config.organization.banks, table.banks_per_group);
    EXPECT_EQ(config.organization.rows, table.rows);
    EXPECT_EQ(config.organization.bursts_per_row(), table.bursts_per_row);
    EXPECT_GE(compared, 16u) << preset;
    const DramOrganization& o = config.organization;
    EXPECT_EQ(o.burst_clocks(), table.burst);
    EXPECT_EQ(o.ranks, table.ranks);
    EXPECT_EQ(refresh_sets(config.standard, o), table.per_bank.sets);
    EXPECT_EQ(o.capacity_bytes(),
              Bytes{o.device_megabits} * (1 << 20) / 8 * (o.channel_bits / o.device_bits));
  }
  EXPECT_EQ(dram_presets().size(), nnp::test::jedec_presets().size() + 1);
}

TEST(Presets, PeakIsTransfersTimesWidth) {
  EXPECT_NEAR(make_dram_config("ddr3_1600").peak_bytes_per_s(), 12.8e9, 1e6);
  EXPECT_NEAR(make_dram_config("ddr3_2133").peak_bytes_per_s(), 17.067e9, 1e6);
  EXPECT_NEAR(make_dram_config("ddr4_2400").peak_bytes_per_s(), 19.2e9, 1e6);
  EXPECT_NEAR(make_dram_config("ddr4_3200").peak_bytes_per_s(), 25.6e9, 1e6);
  EXPECT_NEAR(make_dram_config("ddr5_4800").peak_bytes_per_s(), 19.2e9, 1e6);      // half a module
  EXPECT_NEAR(make_dram_config("lpddr4_3200").peak_bytes_per_s(), 6.4e9, 1e6);     // x16
  EXPECT_NEAR(make_dram_config("lpddr5_6400").peak_bytes_per_s(), 12.8e9, 1e6);    // x16
  EXPECT_NEAR(make_dram_config("hbm2_2000").peak_bytes_per_s(), 256e9 / 16, 1e6);  // of 16 pseudo channels
  EXPECT_NEAR(make_dram_config("hbm2e_3200").peak_bytes_per_s(), 409.6e9 / 16, 1e6);
  EXPECT_NEAR(make_dram_config("hbm3_6400").peak_bytes_per_s(), 819.2e9 / 32, 1e6);
}

TEST(Overrides, ReplaceASymbolAndMoveTheDerivedOnes) {
  const DramConfig config = make_dram_config("ddr3_1600", {{"CL", 13}, {"tRAS", 30}, {"tCK", 1500}});
  EXPECT_EQ(config.timing.at("tCL"), 13u);
  EXPECT_EQ(config.timing.at("tRTW"), 13u + 4 + 2 - 8);
  EXPECT_EQ(config.timing.at("tRC"), 30u + 11);
  EXPECT_EQ(config.frequency_khz, 666'667u);
  EXPECT_EQ(make_dram_config("ddr3_1600", {{"tRC", 60}, {"tRAS", 30}}).timing.at("tRC"), 60u);
}

TEST(Overrides, AreRefusedWithTheNearestNameOrTheRange) {
  EXPECT_MESSAGE(make_dram_config("ddr4_3000"), "nearest is 'ddr4_3200'");
  EXPECT_MESSAGE(make_dram_config("ddr4_3200", {{"tRFCx", 1}}), "nearest is 'tRFC'");
  EXPECT_MESSAGE(make_dram_config("ddr3_1600", {{"tCCD_L", 5}}), "nearest is 'tCCD'");
  EXPECT_MESSAGE(make_dram_config("ideal", {{"CL", 5}}), "unknown timing symbol 'CL'");
  EXPECT_MESSAGE(make_dram_config("ddr3_1600", {{"tRP", 0}}), "whole number from 1");
  EXPECT_MESSAGE(make_dram_config("ddr3_1600", {{"tRP", -4}}), "tRP = -4");
  EXPECT_MESSAGE(make_dram_config("ddr3_1600", {{"tRP", 11.5}}), "whole number");
  EXPECT_MESSAGE(make_dram_config("ddr3_1600", {{"tRP", 1e300}}), "whole number");
  EXPECT_MESSAGE(make_dram_config("ddr3_1600", {{"tRP", std::nan("")}}), "whole number");
  EXPECT_MESSAGE(make_dram_config("ddr3_1600", {{"tREFI", 300}}), "leaves no time");
  EXPECT_MESSAGE(make_dram_config("ddr3_1600", {{"tRTW", 6}}), "at least 7");
  EXPECT_MESSAGE(make_dram_config("ddr3_1600", {{"tCCD", 3}}), "tCCD = 3: at least 4");
  EXPECT_NO_THROW(make_dram_config("ddr3_1600", {{"tRTW", 7}}));
}

TEST(Config, MembersOutOfRangeAreRefused) {
  const auto with = [](auto change) {
    return [change] {
      DramConfig config = make_dram_config("ddr4_2400");
      change(config);
      ClockDomain domain("memory", config.frequency_khz, Engine::leap);
      make_memory_channel("channel", domain, config, nullptr, 0);
    };
  };
  EXPECT_MESSAGE(with([](DramConfig& c) { c.queue_depth = 0; })(), "queue_depth = 0");
  EXPECT_MESSAGE(with([](DramConfig& c) { c.queue_depth = 1u << 20; })(), "queue_depth");
  EXPECT_MESSAGE(with([](DramConfig& c) { c.row_hit_cap = 0; })(), "row_hit_cap");
  EXPECT_MESSAGE(with([](DramConfig& c) { c.write_low_percent = 80; })(), "write_low_percent = 80");
  EXPECT_MESSAGE(with([](DramConfig& c) { c.organization.banks = 3; })(), "banks = 3");
  EXPECT_MESSAGE(with([](DramConfig& c) { c.organization.banks = 16; })(), "power of two up to 8");
  EXPECT_MESSAGE(with([](DramConfig& c) { c.organization.columns = 4; })(), "do not fit");
  EXPECT_MESSAGE(with([](DramConfig& c) { c.address_map = "row:bank"; })(), "missing");
  DramConfig ideal = make_dram_config("ideal");
  ideal.ideal_latency_s = -1;
  EXPECT_MESSAGE(check(ideal), "ideal_latency_s");
}

TEST(AddressMap, RefusesUnknownDoubleAndMissingFields) {
  const DramOrganization ddr4 = make_dram_config("ddr4_2400").organization;
  const DramOrganization ddr3 = make_dram_config("ddr3_1600").organization;
  EXPECT_MESSAGE(AddressMap("row:bank:bankgruop:column", ddr4), "nearest is 'bankgroup'");
  EXPECT_MESSAGE(AddressMap("row:bank:row:bankgroup:column", ddr4), "'row' is there twice");
  EXPECT_MESSAGE(AddressMap("row:bank:column", ddr4), "'bankgroup' is missing");
  EXPECT_MESSAGE(AddressMap("", ddr4), "unknown field ''");
  EXPECT_MESSAGE(AddressMap("row:bank:bankgroup:column:", ddr4), "unknown field ''");
  EXPECT_MESSAGE(AddressMap(std::string(100'000, ':'), ddr4), "unknown field");
  EXPECT_NO_THROW(AddressMap("row:bank:column", ddr3));
  EXPECT_NO_THROW(AddressMap("row:bank:bankgroup:column", ddr3));
}

TEST(AddressMap, PlacesFieldsHighestFirst) {
  const DramConfig config = make_dram_config("ddr4_2400");
  const AddressMap map("row:bank:bankgroup:column", config.organization);
  EXPECT_EQ(map.locate(address_of(config, {77, 2, 3, 101}) / 64), (DramLocation{3 * 4 + 2, 77, 101}));
  const AddressMap spread("row:bank:column:bankgroup", config.organization);
  EXPECT_EQ(spread.locate(0).bank, 0u);
  EXPECT_EQ(spread.locate(1).bank, 4u);
  EXPECT_EQ(spread.locate(4), (DramLocation{0, 0, 1}));
  EXPECT_EQ(map.run_length(map.locate(5)), 123u);
  EXPECT_EQ(spread.run_length(spread.locate(5)), 1u);
}

TEST(AddressMap, GivesEveryBurstAPlaceOfItsOwn) {
  DramOrganization small{.bank_groups = 2, .banks = 4, .rows = 8, .columns = 64};
  for (const char* fields :
       {"row:bank:bankgroup:column", "column:row:bank:bankgroup", "bankgroup:column:bank:row"}) {
    const AddressMap map(fields, small);
    const std::uint64_t bursts = small.capacity_bytes() / small.burst_bytes();
    std::set<std::array<std::uint32_t, 3>> places;
    for (std::uint64_t burst = 0; burst < bursts; ++burst) {
      const DramLocation at = map.locate(burst);
      EXPECT_TRUE(at.bank < 8 && at.row < 8 && at.column < 8);
      places.insert({at.bank, at.row, at.column});
    }
    EXPECT_EQ(places.size(), bursts) << fields;
  }
}

TEST(Rules, NameOnlySymbolsThatThePresetHas) {
  for (const std::string& preset : dram_presets()) {
    const DramConfig config = make_dram_config(preset);
    // (Writing to one rank and reading from another may need no distance at all.)
    for (const TimingRule& rule : timing_rules(config.standard)) {
      const std::uint32_t clocks = evaluate(rule.clocks, config);
      EXPECT_TRUE(clocks > 0 || rule.level == RuleLevel::other_rank) << preset << " " << rule.clocks;
    }
  }
  EXPECT_EQ(evaluate("tCWL + BL/n + tWR + 2", make_dram_config("ddr3_1600")), 8u + 4 + 12 + 2);
  EXPECT_MESSAGE(evaluate("tXYZ", make_dram_config("ddr3_1600")), "tXYZ");
}

}  // namespace
}  // namespace nnp::sim::test
