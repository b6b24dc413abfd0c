// SPDX-License-Identifier: Apache-2.0
#include "sim/units/dram/dram_timer.h"

#include <bit>

namespace nnp::sim {

DramTimer::DramTimer(const DramConfig& config)
    : group_shift_(static_cast<std::uint32_t>(std::countr_zero(config.organization.banks))) {
  const ResolvedRules rules = resolve(timing_rules(config.standard), config);
  four_activates_ = rules.four_activates;
  for (std::size_t level = 0; level < 3; ++level) {
    for (std::size_t first = 0; first < kRuleOps; ++first) {
      for (std::uint32_t second = 0; second < kRuleOps; ++second) {
        const std::uint32_t clocks = rules.distance[level][first][second];
        Delays& delays = follow_[first][level];
        if (clocks != 0) delays.list[delays.count++] = {second, clocks};
      }
    }
  }
}

}  // namespace nnp::sim
