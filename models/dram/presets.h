// SPDX-License-Identifier: Apache-2.0
// The memories we know by name: organisation and timing symbols with their source. Adding one is adding a
// DramPreset to the file of its family.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "models/dram/dram_config.h"

namespace nnp::dram {

/// A symbol as its standard writes it: max(nCK, ns). Derived symbols (tRC, tRTW) are not listed, see
/// make_dram_config().
struct PresetSymbol {
  const char* name;
  std::uint32_t clocks;  // nCK
  double ns;
  const char* source;
};
struct DramPreset {
  const char* name;
  DramStandard standard;
  std::uint64_t frequency_khz;
  double tCK_ns;
  DramOrganization organization;
  std::vector<PresetSymbol> symbols;
  std::uint32_t read_to_write_gap = 2;  // clocks between read and write data that tRTW leaves
};

// By family, each in its own file.
std::vector<DramPreset> ddr_presets();
std::vector<DramPreset> lpddr_presets();
std::vector<DramPreset> hbm_presets();

const std::vector<DramPreset>& preset_table();

}  // namespace nnp::dram
