// SPDX-License-Identifier: Apache-2.0
// Presets against the second, hand-made table; address maps; and what a user's mistake is told.
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <set>

#include "sim/units/dram/dram_options.h"
#include "sim/units/dram/memories.h"
#include "sim/units/dram/memory_channel.h"
#include "tests/support/dram_places.h"

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

TEST(AddressMap, SplitsAField) {
  const DramConfig config = make_dram_config("ddr4_2400");  // 128 bursts a row: column[6:0]
  const AddressMap map("row:column[6:2]:bank:bankgroup:column[1:0]", config.organization);
  EXPECT_EQ(map.locate(3), (DramLocation{0, 0, 3}));
  EXPECT_EQ(map.locate(4), (DramLocation{4, 0, 0}));        // the next group
  EXPECT_EQ(map.locate(4 << 4), (DramLocation{0, 0, 4}));   // past groups and banks
  EXPECT_EQ(map.locate(4u << 9), (DramLocation{0, 1, 0}));  // past the rest of the column
  EXPECT_EQ(map.run_length(map.locate(1)), 3u);
}

TEST(AddressMap, HashesAFieldWithTheBitsOfOthers) {
  const DramConfig config = make_dram_config("ddr4_2400");
  const AddressMap map("row:bank^row:bankgroup^row[3:2]^column:column", config.organization);
  const auto bank_of = [&](std::uint32_t row, std::uint32_t column) {
    return map.locate(address_of(config, {row, 1, 2, column}) / 64).bank;
  };
  EXPECT_EQ(bank_of(0, 0), 2u * 4 + 1);
  EXPECT_EQ(bank_of(3, 0), 2u * 4 + (1 ^ 3));
  EXPECT_EQ(bank_of(0b1101, 0), (2u ^ 0b11) * 4 + (1 ^ 0b01));
  EXPECT_EQ(bank_of(0, 1), (2u ^ 1) * 4 + 1);
  EXPECT_EQ(map.run_length({0, 0, 0}), 1u);  // the next column is in another group
}

// What lets a channel look up the high and the low bits of a burst's number apart.
TEST(AddressMap, PlacesASumOfNumbersWithoutACommonBitWhereTheirPlacesMeet) {
  const DramOrganization organization = make_dram_config("ddr4_2400").organization;
  for (const char* text : {"row:bank:bankgroup:column", "row:bank:column:bankgroup",
                           "row:column[6:2]:bank^row:bankgroup^row[3:2]^column:column[1:0]"}) {
    const AddressMap map(text, organization);
    std::mt19937 random(1);
    for (int i = 0; i < 1000; ++i) {
      const std::uint64_t burst = random() & 0xFFFFFF, mask = random();
      const DramLocation high = map.locate(burst & mask), low = map.locate(burst & ~mask);
      ASSERT_EQ(map.locate(burst),
                (DramLocation{high.bank ^ low.bank, high.row ^ low.row, high.column ^ low.column}))
          << text << ", bursts " << (burst & mask) << " and " << (burst & ~mask);
    }
  }
}

TEST(AddressMap, PutsARankThatItDoesNotNameOnTop) {
  DramConfig config = make_dram_config("ddr4_2400");
  config.organization.ranks = 2;
  const AddressMap map("row:bank:bankgroup:column", config.organization);
  EXPECT_EQ(map.locate(config.capacity_bytes() / 64 / 2), (DramLocation{16, 0, 0}));
  const AddressMap low("row:bank:bankgroup:column:rank", config.organization);
  EXPECT_EQ(low.locate(1), (DramLocation{16, 0, 0}));
}

TEST(AddressMap, RefusesBitsThatAreMissingTwiceOrNotThere) {
  const DramOrganization ddr4 = make_dram_config("ddr4_2400").organization;
  EXPECT_MESSAGE(AddressMap("row:bank:bankgroup:column[6:1]", ddr4), "not all of the 7 bits of 'column'");
  EXPECT_MESSAGE(AddressMap("row:column[6:2]:bank:bankgroup:column[2:0]", ddr4), "'column' is there twice");
  EXPECT_MESSAGE(AddressMap("row:bank:bankgroup:column[7:0]", ddr4), "has bits 6:0 here");
  EXPECT_MESSAGE(AddressMap("row:bank:bankgroup:column[0:6]", ddr4), "highest first");
  EXPECT_MESSAGE(AddressMap("row:bank:bankgroup:column[a]", ddr4), "no range of bits");
  EXPECT_MESSAGE(AddressMap("row:bank:bankgroup:column[", ddr4), "no range of bits");
  EXPECT_MESSAGE(AddressMap("row:bank^rwo:bankgroup:column", ddr4), "nearest is 'row'");
  EXPECT_MESSAGE(AddressMap("row^bank:bank^row:bankgroup:column", ddr4), "is hashed itself");
  EXPECT_MESSAGE(AddressMap("row:bank^row[4:0]:bankgroup:column", ddr4), "more bits than the 2");
}

TEST(Settings, AreTextsForSymbolsAndTheController) {
  const DramConfig config = make_dram_config_from_text("ddr5_4800", {{"tRFC", "700"},
                                                                     {"queue_depth", "64"},
                                                                     {"page_policy", "closed"},
                                                                     {"refresh", "per_bank"},
                                                                     {"ranks", "2"},
                                                                     {"row_hit_cap", "4"},
                                                                     {"write_high_percent", "90"},
                                                                     {"write_low_percent", "10"}});
  EXPECT_EQ(config.timing.at("tRFC"), 700u);
  EXPECT_EQ(config.queue_depth, 64u);
  EXPECT_EQ(config.page_policy, PagePolicy::closed);
  EXPECT_EQ(config.refresh, RefreshMode::per_bank);
  EXPECT_EQ(config.organization.ranks, 2u);
  EXPECT_EQ(config.capacity_bytes(), 16ull << 30);
  EXPECT_MESSAGE(make_dram_config_from_text("ddr4_2400", {{"pagepolicy", "open"}}),
                 "nearest is 'page_policy'");
  EXPECT_MESSAGE(make_dram_config_from_text("ddr4_2400", {{"tFRC", "1"}}), "nearest is");
  EXPECT_MESSAGE(make_dram_config_from_text("ddr4_2400", {{"refresh", "weekly"}}), "all_bank, per_bank, off");
  EXPECT_MESSAGE(make_dram_config_from_text("ddr4_2400", {{"queue_depth", "-1"}}), "no whole number");
  EXPECT_MESSAGE(make_dram_config_from_text("ddr4_2400", {{"tRFC", "4x"}}), "no number");
}

TEST(Settings, UnderstandOtherNamesOfASymbol) {
  EXPECT_EQ(make_dram_config("ddr4_2400", {{"CL", 18}}).timing.at("tCL"), 18u);
  const DramConfig hbm = make_dram_config("hbm2_2000", {{"tRCD", 20}, {"tRCDWR", 11}});
  EXPECT_EQ(hbm.timing.at("tRCDRD"), 20u);
  EXPECT_EQ(hbm.timing.at("tRCDWR"), 11u);  // the symbol's own name counts
}

TEST(AddressMap, GivesEveryBurstAPlaceOfItsOwn) {
  DramOrganization small{.bank_groups = 2, .banks = 4, .rows = 8, .columns = 64};
  for (const char* fields :
       {"row:bank:bankgroup:column", "column:row:bank:bankgroup", "bankgroup:column:bank:row",
        "row:column[2:1]:bank^row:bankgroup^row^column:column[0]"}) {
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
