// SPDX-License-Identifier: Apache-2.0
// When each command becomes legal: the earliest cycle per bank, bank group and rank, raised by the resolved
// rules as commands issue.
#pragma once

#include <algorithm>
#include <array>

#include "sim/units/dram/timing_rules.h"

namespace nnp::sim {

class DramTimer {
 public:
  static constexpr std::uint32_t kMaxBanks = 32;

  explicit DramTimer(const DramConfig& config)
      : rules_(resolve(timing_rules(config.standard), config)), banks_per_group_(config.organization.banks) {}

  void reset() { *this = DramTimer(rules_, banks_per_group_); }

  /// First cycle at which `op` in `bank` breaks no rule; whether the bank's state allows it is not asked
  /// here.
  Cycle earliest(RuleOp op, std::uint32_t bank) const {
    const auto i = static_cast<std::size_t>(op);
    const Cycle cycle = std::max({bank_[bank][i], group_[bank / banks_per_group_][i], rank_[i]});
    return op == RuleOp::ACT ? std::max(cycle, fifth_activate_) : cycle;
  }
  Cycle earliest_refresh() const { return rank_[static_cast<std::size_t>(RuleOp::REF)]; }

  void issued(RuleOp op, std::uint32_t bank, Cycle now) {
    const auto i = static_cast<std::size_t>(op);
    raise(bank_[bank], rules_.distance[0][i], now);
    raise(group_[bank / banks_per_group_], rules_.distance[1][i], now);
    raise(rank_, rules_.distance[2][i], now);
    if (op == RuleOp::ACT) {
      activates_[activate_count_++ % 4] = now + rules_.four_activates;
      if (activate_count_ >= 4) fifth_activate_ = activates_[activate_count_ % 4];
    }
  }

 private:
  using Earliest = std::array<Cycle, kRuleOps>;
  DramTimer(const ResolvedRules& rules, std::uint32_t banks_per_group)
      : rules_(rules), banks_per_group_(banks_per_group) {}
  static void raise(Earliest& earliest, const std::array<std::uint32_t, kRuleOps>& distance, Cycle now) {
    for (std::size_t i = 0; i < kRuleOps; ++i) {
      if (distance[i] != 0) earliest[i] = std::max(earliest[i], now + distance[i]);
    }
  }

  ResolvedRules rules_;
  std::uint32_t banks_per_group_;
  std::array<Earliest, kMaxBanks> bank_{};
  std::array<Earliest, kMaxBanks> group_{};
  Earliest rank_{};
  std::array<Cycle, 4> activates_{};  // when the window of each of the last four ends
  std::uint64_t activate_count_ = 0;
  Cycle fifth_activate_ = 0;
};

}  // namespace nnp::sim
