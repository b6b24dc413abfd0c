// SPDX-License-Identifier: Apache-2.0
#include "sim/units/dram/dram_timer.h"

#include <bit>

#include "sim/kernel/assert.h"

namespace nnp::sim {
namespace {

std::uint32_t bits_of(std::uint32_t power_of_two) {
  return static_cast<std::uint32_t>(std::countr_zero(power_of_two));
}

/// Whether a column delays nothing but precharges of its bank and columns of its group and rank.
bool delays_columns_alone(const ResolvedRules& rules, RuleOp column) {
  for (std::size_t second = 0; second < kRuleOps; ++second) {
    const auto op = static_cast<RuleOp>(second);
    const bool is_column = op == RuleOp::RD || op == RuleOp::WR;
    if (rules.at(RuleLevel::bank, column, op) != 0 && op != RuleOp::PRE) return false;
    if (rules.at(RuleLevel::group, column, op) != 0 && !is_column) return false;
    if (rules.at(RuleLevel::rank, column, op) != 0 && !is_column) return false;
  }
  return true;
}

}  // namespace

DramTimer::DramTimer(const DramConfig& config)
    : group_shift_(bits_of(config.organization.banks)),
      rank_shift_(bits_of(config.organization.banks_per_rank())),
      ranks_(config.organization.ranks),
      rank_(config.organization.ranks) {
  const ResolvedRules rules = resolve(timing_rules(config.standard), config);
  four_activates_ = rules.four_activates;
  for (std::size_t level = 0; level < kRuleLevels; ++level) {
    for (std::size_t first = 0; first < kRuleOps; ++first) {
      for (std::uint32_t second = 0; second < kRuleOps; ++second) {
        const std::uint32_t clocks = rules.distance[level][first][second];
        Delays& delays = follow_[first][level];
        if (clocks != 0) delays.list[delays.count++] = {second, clocks};
      }
    }
  }
  for (const RuleOp column : {RuleOp::RD, RuleOp::WR}) {
    NNP_ASSERT(delays_columns_alone(rules, column), "a rule of columns that issued_column() does not know");
    const auto delay = [&](RuleLevel level, RuleOp second) {
      const std::uint32_t clocks = rules.at(level, column, second);
      return clocks == 0 ? kNoRule : std::int64_t{clocks};
    };
    column_delays_[column == RuleOp::WR] = {
        delay(RuleLevel::bank, RuleOp::PRE), delay(RuleLevel::group, RuleOp::RD),
        delay(RuleLevel::group, RuleOp::WR), delay(RuleLevel::rank, RuleOp::RD),
        delay(RuleLevel::rank, RuleOp::WR)};
  }
}

void DramTimer::reset() {
  bank_.fill({}), group_.fill({});
  rank_.assign(ranks_, {});
}

bool DramTimer::has_the_same_future(const DramTimer& other, Cycle now, Cycle long_ago) const {
  const auto over = [now](Cycle a, Cycle b) { return a == b || (a < now && b < now); };
  const auto all_over = [&](const Earliest& a, const Earliest& b) {
    return std::equal(a.begin(), a.end(), b.begin(), over);
  };
  const std::uint32_t banks = ranks_ << rank_shift_, groups = banks >> group_shift_;
  for (std::uint32_t i = 0; i < banks; ++i) {
    const Cycle a = by_bank(RuleOp::ACT, i), b = other.by_bank(RuleOp::ACT, i);
    if (!all_over(bank_[i], other.bank_[i]) || (a != b && (a > long_ago || b > long_ago))) return false;
  }
  for (std::uint32_t i = 0; i < groups; ++i)
    if (!all_over(group_[i], other.group_[i])) return false;
  for (std::uint32_t i = 0; i < ranks_; ++i) {
    const Rank &a = rank_[i], &b = other.rank_[i];
    if (!all_over(a.by_rule, b.by_rule) || !all_over(a.by_other, b.by_other)) return false;
    for (std::uint64_t last = 0; last < 4; ++last)
      if (!over(a.activates[(a.activate_count + last) % 4], b.activates[(b.activate_count + last) % 4]))
        return false;
  }
  return true;
}

void DramTimer::raise_other_ranks(const Delays& delays, std::uint32_t rank, Cycle now) {
  for (std::uint32_t other = 0; other < ranks_; ++other) {
    if (other == rank) continue;
    raise(rank_[other].by_rule, delays, now);
    raise(rank_[other].by_other, delays, now);
  }
}

}  // namespace nnp::sim
