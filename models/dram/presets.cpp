// SPDX-License-Identifier: Apache-2.0
#include "models/dram/presets.h"

namespace nnp::dram {

const std::vector<DramPreset>& preset_table() {
  static const std::vector<DramPreset> table = [] {
    std::vector<DramPreset> all{{"ideal", DramStandard::ideal, 1'000'000, 1.0, {}, {}}};
    for (const auto& family : {ddr_presets(), lpddr_presets(), hbm_presets()})
      all.insert(all.end(), family.begin(), family.end());
    return all;
  }();
  return table;
}

}  // namespace nnp::dram
