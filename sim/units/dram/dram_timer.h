// SPDX-License-Identifier: Apache-2.0
// When each command becomes legal: the earliest cycle per bank, bank group and rank, raised by the resolved
// rules as commands issue.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "sim/units/dram/memories.h"

namespace nnp::sim {

class DramTimer {
 public:
  static constexpr std::uint32_t kMaxBanks = 64;  // of all ranks

  explicit DramTimer(const DramConfig& config);
  void reset();

  /// First cycle at which `op` in `bank` breaks no rule; whether the bank's state allows it is not asked
  /// here.
  Cycle earliest(RuleOp op, std::uint32_t bank) const {
    const auto i = static_cast<std::size_t>(op);
    return std::max({bank_[bank][i], group_[bank >> group_shift_][i], rank_[bank >> rank_shift_].by_rule[i]});
  }
  // The parts of earliest(): by what the same bank did, the same group, the same rank, other ranks, and by
  // the fourth last activate.
  Cycle by_bank(RuleOp op, std::uint32_t bank) const { return bank_[bank][static_cast<std::size_t>(op)]; }
  Cycle by_group(RuleOp op, std::uint32_t bank) const {
    return group_[bank >> group_shift_][static_cast<std::size_t>(op)];
  }
  Cycle within_rank(RuleOp op, std::uint32_t bank) const {
    return std::max(by_bank(op, bank), by_group(op, bank));
  }
  Cycle by_rank(RuleOp op, std::uint32_t rank) const {
    return rank_[rank].by_rule[static_cast<std::size_t>(op)];
  }
  Cycle by_other_rank(RuleOp op, std::uint32_t bank) const {
    return ranks_ == 1 ? 0 : rank_[bank >> rank_shift_].by_other[static_cast<std::size_t>(op)];
  }
  /// Whether nothing after `now` can tell this timer from the other, of the same memory. Between commands the
  /// cycle from which a bank could have been opened does not matter if it is not after `long_ago`.
  bool has_the_same_future(const DramTimer& other, Cycle now, Cycle long_ago) const;
  bool same_group(std::uint32_t a, std::uint32_t b) const { return a >> group_shift_ == b >> group_shift_; }
  std::uint32_t rank_of(std::uint32_t bank) const { return bank >> rank_shift_; }

  void issued(RuleOp op, std::uint32_t bank, Cycle now) {
    const Follow& follow = follow_[static_cast<std::size_t>(op)];
    Rank& rank = rank_[bank >> rank_shift_];
    raise(bank_[bank], follow[0], now);
    raise(group_[bank >> group_shift_], follow[1], now);
    raise(rank.by_rule, follow[2], now);
    if (op == RuleOp::ACT) {
      rank.activates[rank.activate_count++ % 4] = now + four_activates_;
      if (rank.activate_count >= 4) {
        Cycle& next = rank.by_rule[static_cast<std::size_t>(RuleOp::ACT)];
        next = std::max(next, rank.activates[rank.activate_count % 4]);
      }
    }
    if (ranks_ != 1) raise_other_ranks(follow[3], bank >> rank_shift_, now);
  }
  /// The same for a column of a memory with one rank: what all standards' columns delay, and nothing else.
  void issued_column(RuleOp op, std::uint32_t bank, Cycle now) {
    issued_in_train(op, bank, now);
    train_ended(op, now);
  }
  /// Of several columns that follow each other: for each bank the last of its own, then the last of all.
  void issued_in_train(RuleOp op, std::uint32_t bank, Cycle now) {
    const ColumnDelays& delays = column_delays_[op == RuleOp::WR];
    Earliest& group = group_[bank >> group_shift_];
    raise(bank_[bank][kPre], now, delays.bank_precharge);
    raise(group[kRead], now, delays.group_read), raise(group[kWrite], now, delays.group_write);
  }
  void train_ended(RuleOp op, Cycle now) {
    const ColumnDelays& delays = column_delays_[op == RuleOp::WR];
    Earliest& rank = rank_[0].by_rule;
    raise(rank[kRead], now, delays.rank_read), raise(rank[kWrite], now, delays.rank_write);
  }
  /// A rule of the rank alone: REF, REFpb and PREA of a rank that may have no bank open.
  void issued_to_rank(RuleOp op, std::uint32_t rank, Cycle now) {
    raise(rank_[rank].by_rule, follow_[static_cast<std::size_t>(op)][2], now);
  }
  void issued_to_bank(RuleOp op, std::uint32_t bank, Cycle now) {
    raise(bank_[bank], follow_[static_cast<std::size_t>(op)][0], now);
  }

 private:
  using Earliest = std::array<Cycle, 8>;  // by RuleOp; a cache line
  static_assert(kRuleOps <= 8);
  /// What a command delays at one level: only the pairs that have a rule.
  struct Delays {
    struct Delay {
      std::uint32_t second, clocks;
    };
    std::array<Delay, kRuleOps> list;
    std::uint32_t count = 0;
  };
  struct ColumnDelays {  // kNoRule, by which nothing is raised, where there is none
    std::int64_t bank_precharge, group_read, group_write, rank_read, rank_write;
  };
  static constexpr std::int64_t kNoRule = std::int64_t{-1} << 62;
  using Follow = std::array<Delays, kRuleLevels>;
  struct Rank {
    Earliest by_rule{};                // all that holds on the rank, other ranks and tFAW included
    Earliest by_other{};               // what other ranks did
    std::array<Cycle, 4> activates{};  // when the window of each of the last four ends
    std::uint64_t activate_count = 0;
  };
  static constexpr auto kPre = static_cast<std::size_t>(RuleOp::PRE),
                        kRead = static_cast<std::size_t>(RuleOp::RD),
                        kWrite = static_cast<std::size_t>(RuleOp::WR);
  static void raise(Cycle& cycle, Cycle now, std::int64_t by) {
    cycle =
        static_cast<Cycle>(std::max(static_cast<std::int64_t>(cycle), static_cast<std::int64_t>(now) + by));
  }
  static void raise(Earliest& earliest, const Delays& delays, Cycle now) {
    for (std::uint32_t i = 0; i < delays.count; ++i) {
      Cycle& cycle = earliest[delays.list[i].second];
      cycle = std::max(cycle, now + delays.list[i].clocks);
    }
  }
  void raise_other_ranks(const Delays& delays, std::uint32_t rank, Cycle now);

  std::array<Follow, kRuleOps> follow_{};      // [first]
  std::array<ColumnDelays, 2> column_delays_;  // of a read, of a write
  std::uint32_t four_activates_;
  std::uint32_t group_shift_, rank_shift_;  // of a bank number over all ranks and groups
  std::uint32_t ranks_;
  std::array<Earliest, kMaxBanks> bank_{};
  std::array<Earliest, kMaxBanks> group_{};
  std::vector<Rank> rank_;
};

}  // namespace nnp::sim
