// SPDX-License-Identifier: Apache-2.0
// DDR3 figures are from JESD79-3F, DDR4 figures from JESD79-4; "speed bin" is the standard's table of speed
// bins and operating conditions, "timing" its table of timing parameters by speed grade, "refresh" its
// refresh parameters by device density. DDR5 figures are recalled from JESD79-5, not read, and were held
// against the public presets of ramulator2 (python/ramulator/dram/ddr5.py) and gem5 (DDR5_4400_4x8). Devices
// are x8, so a page is 1 KB: tRRD and tFAW are the rows of that page size.
#include "models/dram/presets.h"

namespace nnp::dram {
namespace {

// No standard has it: the data bus changes drivers. gem5 (tCS) and ramulator2 (nCS) take 2, DRAMSys and
// DRAMsim3 1.
constexpr PresetSymbol kRankToRank{"tRTRS", 2, 0, "assumption: two clocks, as in gem5 and ramulator2"};

// 4 Gb x8: 8 banks of 64 Ki rows of 1 Ki columns (JESD79-3F, addressing of 4 Gb devices).
constexpr DramOrganization kDdr3x8{
    .bank_groups = 1, .banks = 8, .rows = 65536, .columns = 1024, .device_megabits = 4096};
// 8 Gb x8: 4 groups of 4 banks of 64 Ki rows of 1 Ki columns (JESD79-4, addressing of 8 Gb devices).
constexpr DramOrganization kDdr4x8{
    .bank_groups = 4, .banks = 4, .rows = 65536, .columns = 1024, .device_megabits = 8192};

DramPreset ddr3_1600() {
  return {"ddr3_1600",
          DramStandard::ddr3,
          800'000,
          1.25,
          kDdr3x8,
          {{"tCL", 11, 0, "JESD79-3F speed bin DDR3-1600K (11-11-11)"},
           {"tCWL", 8, 0, "JESD79-3F speed bin DDR3-1600K, tCK 1.25 ns"},
           {"tRCD", 0, 13.75, "JESD79-3F speed bin DDR3-1600K"},
           {"tRP", 0, 13.75, "JESD79-3F speed bin DDR3-1600K"},
           {"tRAS", 0, 35, "JESD79-3F speed bin DDR3-1600K"},
           {"tCCD", 4, 0, "JESD79-3F timing, DDR3-1600"},
           {"tRRD", 4, 6, "JESD79-3F timing, DDR3-1600, 1 KB page: max(4 nCK, 6 ns)"},
           {"tFAW", 0, 30, "JESD79-3F timing, DDR3-1600, 1 KB page"},
           {"tWTR", 4, 7.5, "JESD79-3F timing, DDR3-1600: max(4 nCK, 7.5 ns)"},
           {"tWR", 0, 15, "JESD79-3F timing, DDR3-1600"},
           {"tRTP", 4, 7.5, "JESD79-3F timing, DDR3-1600: max(4 nCK, 7.5 ns)"},
           {"tRFC", 0, 260, "JESD79-3F refresh, 4 Gb"},
           {"tREFI", 0, 7800, "JESD79-3F refresh, up to 85 C"},
           kRankToRank}};
}

DramPreset ddr3_2133() {
  return {"ddr3_2133",
          DramStandard::ddr3,
          1'066'667,
          0.9375,
          kDdr3x8,
          {{"tCL", 14, 0, "JESD79-3F speed bin DDR3-2133N (14-14-14)"},
           {"tCWL", 10, 0, "JESD79-3F speed bin DDR3-2133N, tCK 0.938 ns"},
           {"tRCD", 0, 13.09, "JESD79-3F speed bin DDR3-2133N"},
           {"tRP", 0, 13.09, "JESD79-3F speed bin DDR3-2133N"},
           {"tRAS", 0, 33, "JESD79-3F speed bin DDR3-2133N"},
           {"tCCD", 4, 0, "JESD79-3F timing, DDR3-2133"},
           {"tRRD", 4, 5, "JESD79-3F timing, DDR3-2133, 1 KB page: max(4 nCK, 5 ns)"},
           {"tFAW", 0, 25, "JESD79-3F timing, DDR3-2133, 1 KB page"},
           {"tWTR", 4, 7.5, "JESD79-3F timing, DDR3-2133: max(4 nCK, 7.5 ns)"},
           {"tWR", 0, 15, "JESD79-3F timing, DDR3-2133"},
           {"tRTP", 4, 7.5, "JESD79-3F timing, DDR3-2133: max(4 nCK, 7.5 ns)"},
           {"tRFC", 0, 260, "JESD79-3F refresh, 4 Gb"},
           {"tREFI", 0, 7800, "JESD79-3F refresh, up to 85 C"},
           kRankToRank}};
}

DramPreset ddr4_2400() {
  return {"ddr4_2400",
          DramStandard::ddr4,
          1'200'000,
          1.0 / 1.2,
          kDdr4x8,
          {{"tCL", 17, 0, "JESD79-4 speed bin DDR4-2400T (17-17-17)"},
           {"tCWL", 12, 0, "JESD79-4 CWL, DDR4-2400, 1 tCK write preamble, first set"},
           {"tRCD", 0, 14.16, "JESD79-4 speed bin DDR4-2400T"},
           {"tRP", 0, 14.16, "JESD79-4 speed bin DDR4-2400T"},
           {"tRAS", 0, 32, "JESD79-4 speed bin DDR4-2400T"},
           {"tCCD_S", 4, 0, "JESD79-4 timing, DDR4-2400"},
           {"tCCD_L", 5, 5, "JESD79-4 timing, DDR4-2400: max(5 nCK, 5 ns)"},
           {"tRRD_S", 4, 3.3, "JESD79-4 timing, DDR4-2400, 1 KB page: max(4 nCK, 3.3 ns)"},
           {"tRRD_L", 4, 4.9, "JESD79-4 timing, DDR4-2400, 1 KB page: max(4 nCK, 4.9 ns)"},
           {"tFAW", 20, 21, "JESD79-4 timing, DDR4-2400, 1 KB page: max(20 nCK, 21 ns)"},
           {"tWTR_S", 2, 2.5, "JESD79-4 timing, DDR4-2400: max(2 nCK, 2.5 ns)"},
           {"tWTR_L", 4, 7.5, "JESD79-4 timing, DDR4-2400: max(4 nCK, 7.5 ns)"},
           {"tWR", 0, 15, "JESD79-4 timing, DDR4-2400"},
           {"tRTP", 4, 7.5, "JESD79-4 timing, DDR4-2400: max(4 nCK, 7.5 ns)"},
           {"tRFC", 0, 350, "JESD79-4 refresh, 8 Gb, tRFC1"},
           {"tREFI", 0, 7800, "JESD79-4 refresh, up to 85 C, 1x"},
           kRankToRank}};
}

DramPreset ddr4_3200() {
  return {"ddr4_3200",
          DramStandard::ddr4,
          1'600'000,
          0.625,
          kDdr4x8,
          {{"tCL", 22, 0, "JESD79-4 speed bin DDR4-3200AA (22-22-22)"},
           {"tCWL", 16, 0, "JESD79-4 CWL, DDR4-3200, 1 tCK write preamble, first set"},
           {"tRCD", 0, 13.75, "JESD79-4 speed bin DDR4-3200AA"},
           {"tRP", 0, 13.75, "JESD79-4 speed bin DDR4-3200AA"},
           {"tRAS", 0, 32, "JESD79-4 speed bin DDR4-3200AA"},
           {"tCCD_S", 4, 0, "JESD79-4 timing, DDR4-3200"},
           {"tCCD_L", 5, 5, "JESD79-4 timing, DDR4-3200: max(5 nCK, 5 ns)"},
           {"tRRD_S", 4, 2.5, "JESD79-4 timing, DDR4-3200, 1 KB page: max(4 nCK, 2.5 ns)"},
           {"tRRD_L", 4, 4.9, "JESD79-4 timing, DDR4-3200, 1 KB page: max(4 nCK, 4.9 ns)"},
           {"tFAW", 20, 21, "JESD79-4 timing, DDR4-3200, 1 KB page: max(20 nCK, 21 ns)"},
           {"tWTR_S", 2, 2.5, "JESD79-4 timing, DDR4-3200: max(2 nCK, 2.5 ns)"},
           {"tWTR_L", 4, 7.5, "JESD79-4 timing, DDR4-3200: max(4 nCK, 7.5 ns)"},
           {"tWR", 0, 15, "JESD79-4 timing, DDR4-3200"},
           {"tRTP", 4, 7.5, "JESD79-4 timing, DDR4-3200: max(4 nCK, 7.5 ns)"},
           {"tRFC", 0, 350, "JESD79-4 refresh, 8 Gb, tRFC1"},
           {"tREFI", 0, 7800, "JESD79-4 refresh, up to 85 C, 1x"},
           kRankToRank}};
}

// 16 Gb x8 on a 32-bit channel, half a module: 8 groups of 4 banks of 64 Ki rows of 1 Ki columns.
constexpr DramOrganization kDdr5x8{.channel_bits = 32,
                                   .burst_length = 16,
                                   .bank_groups = 8,
                                   .banks = 4,
                                   .rows = 65536,
                                   .columns = 1024,
                                   .device_megabits = 16384};

DramPreset ddr5_4800() {
  return {"ddr5_4800",
          DramStandard::ddr5,
          2'400'000,
          1.0 / 2.4,
          kDdr5x8,
          {{"tCL", 40, 0, "JESD79-5 speed bin DDR5-4800B (40-39-39), recalled"},
           {"tCWL", 38, 0, "JESD79-5: CL - 2"},
           {"tRCD", 39, 0, "JESD79-5 speed bin DDR5-4800B, recalled"},
           {"tRP", 39, 0, "JESD79-5 speed bin DDR5-4800B, recalled"},
           {"tRAS", 0, 32, "JESD79-5 speed bin DDR5-4800B, recalled; gem5"},
           {"tCCD_S", 8, 0, "JESD79-5 timing, recalled; ramulator2"},
           {"tCCD_L", 8, 5, "JESD79-5 timing: max(8 nCK, 5 ns), recalled; gem5, ramulator2"},
           {"tCCD_L_WR", 16, 10,
            "JESD79-5 timing, tCCD_L_WR2: max(16 nCK, 10 ns), x8 writes need no read-modify-write, recalled"},
           {"tRRD_S", 8, 0, "JESD79-5 timing, recalled; gem5, ramulator2"},
           {"tRRD_L", 8, 5, "JESD79-5 timing, 1 KB page: max(8 nCK, 5 ns), recalled; gem5, ramulator2"},
           {"tFAW", 32, 13.333, "JESD79-5 timing, 1 KB page: max(32 nCK, 13.333 ns), recalled; gem5"},
           {"tWTR_S", 4, 2.5, "JESD79-5 timing: max(4 nCK, 2.5 ns), recalled; gem5, ramulator2"},
           {"tWTR_L", 16, 10, "JESD79-5 timing: max(16 nCK, 10 ns), recalled; gem5, ramulator2"},
           {"tWR", 0, 30, "JESD79-5 timing, recalled; gem5, ramulator2"},
           {"tRTP", 12, 7.5, "JESD79-5 timing: max(12 nCK, 7.5 ns), recalled; gem5, ramulator2"},
           {"tPPD", 2, 0, "JESD79-5 timing, recalled; gem5, ramulator2"},
           {"tRFC", 0, 295, "JESD79-5 refresh, 16 Gb, tRFC1, recalled; gem5, ramulator2"},
           {"tRFCsb", 0, 130, "JESD79-5 refresh, 16 Gb, recalled; ramulator2"},
           {"tREFSBRD", 0, 30, "JESD79-5 refresh, recalled; ramulator2"},
           {"tREFI", 0, 3900, "JESD79-5 refresh, up to 85 C, recalled; gem5, ramulator2"},
           kRankToRank},
          4};  // tRPST and a write preamble of two clocks, as in ramulator2
}

}  // namespace

std::vector<DramPreset> ddr_presets() {
  return {ddr3_1600(), ddr3_2133(), ddr4_2400(), ddr4_3200(), ddr5_4800()};
}

}  // namespace nnp::dram
