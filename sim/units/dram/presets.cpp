// SPDX-License-Identifier: Apache-2.0
// DDR3 figures are from JESD79-3F, DDR4 figures from JESD79-4; "speed bin" is the standard's table of speed
// bins and operating conditions, "timing" its table of timing parameters by speed grade, "refresh" its
// refresh parameters by device density. Devices are x8, so a page is 1 KB: tRRD and tFAW are the rows of that
// page size.
#include "sim/units/dram/presets.h"

namespace nnp::sim {
namespace {

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
          {{"CL", 11, 0, "JESD79-3F speed bin DDR3-1600K (11-11-11)"},
           {"CWL", 8, 0, "JESD79-3F speed bin DDR3-1600K, tCK 1.25 ns"},
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
           {"tREFI", 0, 7800, "JESD79-3F refresh, up to 85 C"}}};
}

DramPreset ddr3_2133() {
  return {"ddr3_2133",
          DramStandard::ddr3,
          1'066'667,
          0.9375,
          kDdr3x8,
          {{"CL", 14, 0, "JESD79-3F speed bin DDR3-2133N (14-14-14)"},
           {"CWL", 10, 0, "JESD79-3F speed bin DDR3-2133N, tCK 0.938 ns"},
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
           {"tREFI", 0, 7800, "JESD79-3F refresh, up to 85 C"}}};
}

DramPreset ddr4_2400() {
  return {"ddr4_2400",
          DramStandard::ddr4,
          1'200'000,
          1.0 / 1.2,
          kDdr4x8,
          {{"CL", 17, 0, "JESD79-4 speed bin DDR4-2400T (17-17-17)"},
           {"CWL", 12, 0, "JESD79-4 CWL, DDR4-2400, 1 tCK write preamble, first set"},
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
           {"tREFI", 0, 7800, "JESD79-4 refresh, up to 85 C, 1x"}}};
}

DramPreset ddr4_3200() {
  return {"ddr4_3200",
          DramStandard::ddr4,
          1'600'000,
          0.625,
          kDdr4x8,
          {{"CL", 22, 0, "JESD79-4 speed bin DDR4-3200AA (22-22-22)"},
           {"CWL", 16, 0, "JESD79-4 CWL, DDR4-3200, 1 tCK write preamble, first set"},
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
           {"tREFI", 0, 7800, "JESD79-4 refresh, up to 85 C, 1x"}}};
}

}  // namespace

const std::vector<DramPreset>& preset_table() {
  static const std::vector<DramPreset> table{{"ideal", DramStandard::ideal, 1'000'000, 1.0, {}, {}},
                                             ddr3_1600(),
                                             ddr3_2133(),
                                             ddr4_2400(),
                                             ddr4_3200()};
  return table;
}

}  // namespace nnp::sim
