// SPDX-License-Identifier: Apache-2.0
// Rung 2: sustained bandwidth against what the timing symbols allow.
#include "tests/support/dram_checker.h"
#include "tests/unit/dram/memory_rig.h"

namespace nnp::sim::test {
namespace {

using nnp::test::jedec_timing;

double utilisation(const std::string& preset, const char* map, std::uint32_t bytes, bool write,
                   Address stride = 0) {
  DramConfig config = make_dram_config(preset);
  config.address_map = map;
  std::vector<Sent> script;
  const std::uint32_t requests = (4u << 20) / bytes / (stride == 0 ? 1 : 4);
  for (std::uint32_t i = 0; i < requests; ++i) {
    const Address address = i * (stride == 0 ? Address{bytes} : stride);
    script.push_back({0, write ? write_of(address, bytes) : read_of(address, bytes)});
  }
  Rig rig(config, Engine::leap, std::max(4u, 8192 / bytes), false);
  const Cycle end = rig.run(script);
  return static_cast<double>(rig.channel->statistics().data_cycles) / static_cast<double>(end);
}

TEST(Bandwidth, SequentialReadsComeNearThePeakWhereColumnsFollowAtBurstLength) {
  for (const char* preset : {"ddr3_1600", "ddr3_2133"}) {
    for (const std::uint32_t bytes : {64u, 256u, 2048u}) {
      const double share = utilisation(preset, "row:bank:bankgroup:column", bytes, false);
      // The only loss is refresh: tRFC, and closing and opening a row around it.
      const auto& t = jedec_timing(preset);
      const double lost =
          static_cast<double>(t.tRFC + t.tRP + t.tRTP + t.tRCD) / static_cast<double>(t.tREFI);
      EXPECT_NEAR(share, 1 - lost, 0.006) << preset << " " << bytes;
      EXPECT_GT(share, 0.93);
    }
  }
}

TEST(Bandwidth, SequentialReadsOnDdr4NeedInterleavedBankGroups) {
  for (const char* preset : {"ddr4_2400", "ddr4_3200"}) {
    const auto& t = jedec_timing(preset);
    EXPECT_GT(utilisation(preset, "row:bank:column:bankgroup", 256, false), 0.93) << preset;
    // In one group columns are tCCD_L apart, but for the overlap of two banks at row borders.
    const double one_group = utilisation(preset, "row:bankgroup:bank:column", 256, false);
    EXPECT_LE(one_group, 1.02 * 4.0 / static_cast<double>(t.tCCD_L)) << preset;
    EXPECT_GT(one_group, 0.93 * 4.0 / static_cast<double>(t.tCCD_L)) << preset;
  }
}

TEST(Bandwidth, SequentialWritesComeNearThePeak) {
  EXPECT_GT(utilisation("ddr3_2133", "row:bank:bankgroup:column", 256, true), 0.93);
  EXPECT_GT(utilisation("ddr4_2400", "row:bank:column:bankgroup", 256, true), 0.92);
}

TEST(Bandwidth, ConflictsOnOneBankComeOnceEveryRowCycle) {
  for (const char* preset : {"ddr3_1600", "ddr3_2133", "ddr4_2400", "ddr4_3200"}) {
    const auto& t = jedec_timing(preset);
    const Address row = 64ull * t.bursts_per_row * t.bank_groups * t.banks_per_group;
    const double share = utilisation(preset, "row:bank:bankgroup:column", 64, false, row);
    const double refreshed = 1 - static_cast<double>(t.tRFC) / static_cast<double>(t.tREFI);
    EXPECT_NEAR(share, 4.0 / static_cast<double>(t.tRC) * refreshed, 0.01 * share) << preset;
  }
}

}  // namespace
}  // namespace nnp::sim::test
