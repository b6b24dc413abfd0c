// SPDX-License-Identifier: Apache-2.0
// JESD235 (HBM2) and JESD238 (HBM3) fix the commands and leave most array timings to the vendors. hbm2_2000
// takes what the public presets of ramulator2 (hbm2.py, HBM2_2000Mbps) and DRAMsim3 (HBM2_8Gb_x128) agree on,
// and says where they differ; hbm2e_3200 keeps its nanoseconds at a faster clock, an assumption; hbm3_6400 is
// ramulator2's (hbm3.py). The standards were recalled, not read. A preset's channel is one pseudo channel
// with the command buses for itself.
#include "models/dram/presets.h"

namespace nnp::dram {
namespace {

constexpr PresetSymbol kRankToRank{"tRTRS", 1, 0, "assumption: one clock between the ranks of a stack"};

// A pseudo channel of 64 bits: 4 groups of 4 banks, rows of 1 KB. 4 Gb a channel is 16 Ki rows, 8 Gb is 32
// Ki.
constexpr DramOrganization kHbm2{.channel_bits = 64,
                                 .burst_length = 4,
                                 .bank_groups = 4,
                                 .banks = 4,
                                 .rows = 16384,
                                 .columns = 128,
                                 .device_bits = 64,
                                 .device_megabits = 2048};
constexpr DramOrganization kHbm2e{.channel_bits = 64,
                                  .burst_length = 4,
                                  .bank_groups = 4,
                                  .banks = 4,
                                  .rows = 32768,
                                  .columns = 128,
                                  .device_bits = 64,
                                  .device_megabits = 4096};
// HBM3: 32 bits and BL8, the data strobe at twice the command clock.
constexpr DramOrganization kHbm3{.channel_bits = 32,
                                 .burst_length = 8,
                                 .beats_per_clock = 4,
                                 .bank_groups = 4,
                                 .banks = 4,
                                 .rows = 32768,
                                 .columns = 256,
                                 .device_bits = 32,
                                 .device_megabits = 4096};

DramPreset hbm2_2000() {
  return {"hbm2_2000",
          DramStandard::hbm2,
          1'000'000,
          1.0,
          kHbm2,
          {{"tCL", 14, 0, "vendor; ramulator2 and DRAMsim3 14"},
           {"tCWL", 5, 0, "vendor; ramulator2 5, DRAMsim3 4"},
           {"tRCDRD", 0, 14, "vendor; ramulator2 and DRAMsim3 14"},
           {"tRCDWR", 0, 12, "vendor; ramulator2 12, DRAMsim3 14"},
           {"tRP", 0, 14, "vendor; ramulator2, DRAMsim3, DRAMSys and gem5 14"},
           {"tRAS", 0, 34, "vendor; ramulator2 and DRAMsim3 34"},
           {"tCCD_S", 2, 0, "JESD235, BL4, recalled"},
           {"tCCD_L", 4, 0, "JESD235, recalled; ramulator2 4, DRAMSys and gem5 3"},
           {"tRRD_S", 0, 4, "vendor; ramulator2, DRAMsim3, DRAMSys and gem5 4"},
           {"tRRD_L", 0, 6, "vendor; DRAMsim3, DRAMSys and gem5 6, ramulator2 4"},
           {"tFAW", 0, 16, "vendor, a pseudo channel; DRAMSys and gem5 16, ramulator2 15"},
           {"tWTR_S", 0, 6, "vendor; ramulator2 and DRAMsim3 6"},
           {"tWTR_L", 0, 8, "vendor; ramulator2 and DRAMsim3 8"},
           {"tWR", 0, 16, "vendor; ramulator2 and DRAMsim3 16"},
           {"tRTP", 0, 5, "vendor; ramulator2, DRAMSys and gem5 5"},
           {"tRFC", 0, 260, "JESD235 refresh, 4 Gb a channel, recalled; DRAMsim3, ramulator2"},
           {"tRFCpb", 0, 160, "JESD235 refresh, tRFCSB, recalled; ramulator2"},
           {"tRREFD", 0, 8, "JESD235 refresh, recalled; ramulator2, DRAMSys"},
           {"tREFI", 0, 3900, "JESD235 refresh, recalled; all four"},
           kRankToRank}};
}

DramPreset hbm2e_3200() {
  return {"hbm2e_3200",
          DramStandard::hbm2,
          1'600'000,
          0.625,
          kHbm2e,
          {{"tCL", 0, 14, "assumption: as hbm2_2000 in nanoseconds"},
           {"tCWL", 0, 5, "assumption: as hbm2_2000 in nanoseconds"},
           {"tRCDRD", 0, 14, "assumption: as hbm2_2000 in nanoseconds"},
           {"tRCDWR", 0, 12, "assumption: as hbm2_2000 in nanoseconds"},
           {"tRP", 0, 14, "assumption: as hbm2_2000 in nanoseconds"},
           {"tRAS", 0, 34, "assumption: as hbm2_2000 in nanoseconds"},
           {"tCCD_S", 2, 0, "JESD235, BL4, recalled"},
           {"tCCD_L", 4, 0, "JESD235, recalled; ramulator2 4 at all speeds"},
           {"tRRD_S", 4, 4, "assumption: as hbm2_2000 in nanoseconds"},
           {"tRRD_L", 4, 4, "assumption: ramulator2's 4 ns"},
           {"tFAW", 0, 16, "assumption: as hbm2_2000 in nanoseconds"},
           {"tWTR_S", 0, 6, "assumption: as hbm2_2000 in nanoseconds"},
           {"tWTR_L", 0, 8, "assumption: as hbm2_2000 in nanoseconds"},
           {"tWR", 0, 16, "assumption: as hbm2_2000 in nanoseconds"},
           {"tRTP", 0, 5, "assumption: as hbm2_2000 in nanoseconds"},
           {"tRFC", 0, 350, "JESD235 refresh, 8 Gb a channel, recalled; ramulator2"},
           {"tRFCpb", 0, 160, "JESD235 refresh, tRFCSB, recalled; ramulator2"},
           {"tRREFD", 0, 8, "JESD235 refresh, recalled; ramulator2, DRAMSys"},
           {"tREFI", 0, 3900, "JESD235 refresh, recalled"},
           kRankToRank}};
}

DramPreset hbm3_6400() {
  return {"hbm3_6400",
          DramStandard::hbm3,
          1'600'000,
          0.625,
          kHbm3,
          {{"tCL", 26, 0, "vendor; ramulator2"},
           {"tCWL", 8, 0, "vendor; ramulator2"},
           {"tRCDRD", 26, 0, "vendor; ramulator2"},
           {"tRCDWR", 14, 0, "vendor; ramulator2"},
           {"tRP", 26, 0, "vendor; ramulator2"},
           {"tRAS", 48, 0, "vendor; ramulator2"},
           {"tCCD_S", 2, 0, "JESD238, BL8, recalled; ramulator2"},
           {"tCCD_L", 4, 0, "JESD238, recalled; ramulator2"},
           {"tRRD_S", 4, 5, "vendor; ramulator2: max(4 nCK, 5 ns)"},
           {"tRRD_L", 4, 5, "vendor; ramulator2: max(4 nCK, 5 ns)"},
           {"tFAW", 8, 15, "vendor; ramulator2: max(8 nCK, 15 ns)"},
           {"tWTR_S", 8, 0, "vendor; ramulator2"},
           {"tWTR_L", 12, 0, "vendor; ramulator2"},
           {"tWR", 24, 0, "vendor; ramulator2"},
           {"tRTP", 6, 0, "vendor; ramulator2"},
           {"tPPD", 2, 0, "JESD238, recalled; ramulator2"},
           {"tRFC", 0, 350, "JESD238 refresh, 4 Gb a pseudo channel, recalled; ramulator2"},
           {"tRFCpb", 0, 200, "JESD238 refresh, recalled; ramulator2"},
           {"tRREFD", 3, 8, "JESD238 refresh: max(3 nCK, 8 ns), recalled; ramulator2"},
           {"tREFI", 0, 3900, "JESD238 refresh, recalled; ramulator2"},
           kRankToRank}};
}

}  // namespace

std::vector<DramPreset> hbm_presets() { return {hbm2_2000(), hbm2e_3200(), hbm3_6400()}; }

}  // namespace nnp::dram
