// SPDX-License-Identifier: Apache-2.0
// The memories we know by name: organisation and timing symbols with their source. Adding one is adding a
// Preset here.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "sim/units/dram/dram_config.h"

namespace nnp::sim {

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
};

const std::vector<DramPreset>& preset_table();

}  // namespace nnp::sim
