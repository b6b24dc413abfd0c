// SPDX-License-Identifier: Apache-2.0
// LPDDR figures are recalled from JESD209-4 and JESD209-5, not read, and were held against the public presets
// of DRAMSys (JEDEC_8Gb_LPDDR4-3200_16bit), gem5 (LPDDR5_6400_1x16_BG_BL16) and ramulator2 (lpddr5.py). Read
// and write latencies are those of set A, no data bus inversion, no link ECC.
#include "models/dram/presets.h"

namespace nnp::dram {
namespace {

constexpr PresetSymbol kRankToRank{"tRTRS", 2, 0, "assumption: two clocks, as in gem5 and ramulator2"};

// 8 Gb on one x16 channel: 8 banks of 64 Ki rows of 1 Ki columns.
constexpr DramOrganization kLpddr4x16{.channel_bits = 16,
                                      .burst_length = 16,
                                      .bank_groups = 1,
                                      .banks = 8,
                                      .rows = 65536,
                                      .columns = 1024,
                                      .device_bits = 16,
                                      .device_megabits = 8192};
// 16 Gb on one x16 channel, bank group mode: 4 groups of 4 banks of 64 Ki rows of 1 Ki columns. The data
// clock WCK is four times the command clock, with two beats each.
constexpr DramOrganization kLpddr5x16{.channel_bits = 16,
                                      .burst_length = 16,
                                      .beats_per_clock = 8,
                                      .bank_groups = 4,
                                      .banks = 4,
                                      .rows = 65536,
                                      .columns = 1024,
                                      .device_bits = 16,
                                      .device_megabits = 16384};

DramPreset lpddr4_3200() {
  return {"lpddr4_3200",
          DramStandard::lpddr4,
          1'600'000,
          0.625,
          kLpddr4x16,
          {{"tCL", 28, 0, "JESD209-4 RL, up to 1600 MHz, recalled; DRAMSys"},
           {"tCWL", 14, 0, "JESD209-4 WL, set A, up to 1600 MHz, recalled; DRAMSys"},
           {"tRCD", 4, 18, "JESD209-4 timing: max(4 nCK, 18 ns), recalled; DRAMSys"},
           {"tRP", 4, 18, "JESD209-4 timing, tRPpb: max(4 nCK, 18 ns), recalled; DRAMSys"},
           {"tRPab", 4, 21, "JESD209-4 timing: max(4 nCK, 21 ns), recalled; DRAMSys"},
           {"tRAS", 3, 42, "JESD209-4 timing: max(3 nCK, 42 ns), recalled; DRAMSys"},
           {"tCCD", 8, 0, "JESD209-4 timing, BL16, recalled; DRAMSys"},
           {"tRRD", 4, 10, "JESD209-4 timing: max(4 nCK, 10 ns), recalled; DRAMSys"},
           {"tFAW", 0, 40, "JESD209-4 timing, recalled; DRAMSys"},
           {"tWTR", 8, 10, "JESD209-4 timing: max(8 nCK, 10 ns), recalled; DRAMSys"},
           {"tWR", 6, 18, "JESD209-4 timing: max(6 nCK, 18 ns), recalled; DRAMSys"},
           {"tRTP", 8, 7.5, "JESD209-4 timing: max(8 nCK, 7.5 ns), recalled; DRAMSys"},
           {"tPPD", 4, 0, "JESD209-4 timing, recalled; DRAMSys"},
           {"tRFC", 0, 280, "JESD209-4 refresh, 8 Gb a channel, tRFCab, recalled; DRAMSys"},
           {"tRFCpb", 0, 140, "JESD209-4 refresh, 8 Gb a channel, recalled; DRAMSys"},
           {"tREFI", 0, 3904, "JESD209-4 refresh, up to 85 C, recalled; DRAMSys"},
           kRankToRank},
          8};  // tDQSCK of up to 3.5 ns and a write preamble of two clocks
}

DramPreset lpddr5_6400() {
  return {"lpddr5_6400",
          DramStandard::lpddr5,
          800'000,
          1.25,
          kLpddr5x16,
          {{"tCL", 17, 0, "JESD209-5 RL set 0 at 800 MHz, recalled; gem5, ramulator2"},
           {"tCWL", 9, 0, "JESD209-5 WL set A at 800 MHz, recalled; ramulator2"},
           {"tRCD", 2, 18, "JESD209-5 timing: max(2 nCK, 18 ns), recalled; gem5, ramulator2"},
           {"tRP", 2, 18, "JESD209-5 timing, tRPpb: max(2 nCK, 18 ns), recalled; gem5, ramulator2"},
           {"tRPab", 2, 21, "JESD209-5 timing: max(2 nCK, 21 ns), recalled; ramulator2"},
           {"tRAS", 3, 42, "JESD209-5 timing: max(3 nCK, 42 ns), recalled; gem5, ramulator2"},
           {"tCCD_S", 2, 0, "JESD209-5 timing, BL16 in bank group mode, recalled; gem5, ramulator2"},
           {"tCCD_L", 4, 0, "JESD209-5 timing, BL16 in bank group mode, recalled; gem5, ramulator2"},
           {"tRRD_S", 2, 5, "JESD209-5 timing: max(2 nCK, 5 ns), recalled; gem5, ramulator2"},
           {"tRRD_L", 2, 5, "JESD209-5 timing: max(2 nCK, 5 ns), recalled; gem5, ramulator2"},
           {"tFAW", 0, 20, "JESD209-5 timing, bank group mode, recalled; gem5, ramulator2"},
           {"tWTR_S", 4, 6.25, "JESD209-5 timing: max(4 nCK, 6.25 ns), recalled; gem5, ramulator2"},
           {"tWTR_L", 4, 12, "JESD209-5 timing: max(4 nCK, 12 ns), recalled; gem5, ramulator2"},
           {"tWR", 3, 34, "JESD209-5 timing: max(3 nCK, 34 ns), recalled; gem5, ramulator2"},
           {"tRTP", 2, 7.5, "JESD209-5 read to precharge, BL/n + tRBTP: max(2 nCK, 7.5 ns), recalled; gem5"},
           {"tPPD", 2, 0, "JESD209-5 timing, recalled; gem5, ramulator2"},
           {"tRFC", 0, 280, "JESD209-5 refresh, 16 Gb, tRFCab, recalled; ramulator2"},
           {"tRFCpb", 0, 140, "JESD209-5 refresh, 16 Gb, recalled; ramulator2 2.0"},
           {"tpbR2pbR", 0, 90, "JESD209-5 refresh, 16 Gb, recalled; ramulator2 2.0"},
           {"tpbR2act", 0, 7.5, "JESD209-5 refresh, recalled; ramulator2 2.0 rounds to 8"},
           {"tREFI", 0, 3906, "JESD209-5 refresh, up to 85 C, recalled; ramulator2"},
           kRankToRank}};
}

}  // namespace

std::vector<DramPreset> lpddr_presets() { return {lpddr4_3200(), lpddr5_6400()}; }

}  // namespace nnp::dram
