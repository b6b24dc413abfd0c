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

  explicit DramTimer(const DramConfig& config);
  void reset() {
    bank_.fill({}), group_.fill({}), rank_ = {}, activates_ = {}, activate_count_ = 0, fifth_activate_ = 0;
  }

  /// First cycle at which `op` in `bank` breaks no rule; whether the bank's state allows it is not asked
  /// here.
  Cycle earliest(RuleOp op, std::uint32_t bank) const {
    const auto i = static_cast<std::size_t>(op);
    const Cycle cycle = std::max({bank_[bank][i], group_[bank >> group_shift_][i], rank_[i]});
    return op == RuleOp::ACT ? std::max(cycle, fifth_activate_) : cycle;
  }
  Cycle earliest_refresh() const { return rank_[static_cast<std::size_t>(RuleOp::REF)]; }

  void issued(RuleOp op, std::uint32_t bank, Cycle now) {
    const Follow& follow = follow_[static_cast<std::size_t>(op)];
    raise(bank_[bank], follow[0], now);
    raise(group_[bank >> group_shift_], follow[1], now);
    raise(rank_, follow[2], now);
    if (op == RuleOp::ACT) {
      activates_[activate_count_++ % 4] = now + four_activates_;
      if (activate_count_ >= 4) fifth_activate_ = activates_[activate_count_ % 4];
    }
  }

 private:
  using Earliest = std::array<Cycle, kRuleOps>;
  /// What a command delays at one level: only the pairs that have a rule.
  struct Delays {
    struct Delay {
      std::uint32_t second, clocks;
    };
    std::array<Delay, kRuleOps> list;
    std::uint32_t count = 0;
  };
  using Follow = std::array<Delays, 3>;
  static void raise(Earliest& earliest, const Delays& delays, Cycle now) {
    for (std::uint32_t i = 0; i < delays.count; ++i) {
      Cycle& cycle = earliest[delays.list[i].second];
      cycle = std::max(cycle, now + delays.list[i].clocks);
    }
  }

  std::array<Follow, kRuleOps> follow_{};  // [first]
  std::uint32_t four_activates_;
  std::uint32_t group_shift_;  // of a bank number over all groups
  std::array<Earliest, kMaxBanks> bank_{};
  std::array<Earliest, kMaxBanks> group_{};
  Earliest rank_{};
  std::array<Cycle, 4> activates_{};  // when the window of each of the last four ends
  std::uint64_t activate_count_ = 0;
  Cycle fifth_activate_ = 0;
};

}  // namespace nnp::sim
