// SPDX-License-Identifier: Apache-2.0
// Which command comes next, and in which cycle.
#include <bit>

#include "sim/units/dram/dram_channel.h"

namespace nnp::sim {
namespace {

std::uint32_t lowest(std::uint64_t mask) { return static_cast<std::uint32_t>(std::countr_zero(mask)); }

}  // namespace

void DramChannel::choose_direction() {
  writing_ = writes_.size() != 0 && (draining_ || reads_.size() == 0 || door_ == Door::behind_writes);
}

// The next command if nothing arrives, not before `from`. Something is pending.
DramChannel::Plan DramChannel::plan(Cycle from) {
  choose_direction();
  const BurstQueue& waiting = queue();
  const RuleOp column_rule = writing_ ? RuleOp::WR : RuleOp::RD;
  std::uint64_t columns = waiting.hits();
  for (std::uint64_t left = columns & capped_; left != 0; left &= left - 1) {
    if (!waiting.hit_is_oldest(lowest(left))) columns &= ~(left & (0u - left));
  }
  const Cycle row_from = std::max(from, row_free_);
  const std::uint64_t to_close = waiting.waiting() & open_ & ~columns, to_open = waiting.waiting() & ~open_;
  Choice activate;
  if (paced_) consider(activate, RuleOp::ACT, to_open, row_from);
  const Cycle kept = paced_ ? slot_kept_for(activate) : kNever;
  Choice best;
  if (columns != 0) {
    const Cycle column_from = std::max(from, column_free_);
    if (one_rank_ && kept == kNever) best = first_column(column_rule, columns, column_from);
    if (best.cycle >= next_refresh_) {  // some banks may be held
      best = {};
      consider(best, column_rule, columns, column_from, kept);
    }
  }
  best.age = 0;  // for the same clock a column goes first
  if (paced_) {
    consider(best, RuleOp::PRE, to_close, row_from, kept);
  } else if ((to_close | to_open) != 0) {
    const Choice row = first_row_command(to_close, to_open, row_from);
    if (row.cycle < best.cycle) best = row;
  }
  if (paced_ && (activate.cycle < best.cycle || (activate.cycle == best.cycle && activate.age < best.age)))
    best = activate;
  constexpr DramOp ops[] = {DramOp::ACT, DramOp::PRE, DramOp::PREA, DramOp::RD, DramOp::WR};
  const Plan next{best.cycle, ops[static_cast<std::size_t>(best.op)], best.bank};
  if (best.cycle < next_refresh_ && config_.page_policy == PagePolicy::open) return next;
  return with_background(next, from);
}

// The earliest command of one kind over some banks, where it comes before `best`; of equals, the one for the
// oldest request.
void DramChannel::consider(Choice& best, RuleOp op, std::uint64_t banks, Cycle from, Cycle kept) const {
  if (one_rank_) from = std::max(from, timer_.by_rank(op, 0));  // no bank can be earlier
  if (from > best.cycle) return;
  const BurstQueue& waiting = writing_ ? writes_ : reads_;
  const bool column = op == RuleOp::RD || op == RuleOp::WR;
  for (; banks != 0; banks &= banks - 1) {
    const std::uint32_t bank = lowest(banks);
    Cycle cycle = std::max(timer_.earliest(op, bank), from);
    if (kept != kNever && cycle <= kept && kept < cycle + clocks_of(op) &&
        (op == RuleOp::PRE || opens_its_row(op, bank)))
      cycle = kept + clocks_of(RuleOp::ACT);
    if (cycle > best.cycle) continue;
    const std::uint64_t age = column ? waiting.hit(bank).age : waiting.oldest(bank).age;
    if (cycle == best.cycle && best.age < age) continue;
    if (cycle >= next_refresh_ && held_for_refresh(op, bank, cycle)) continue;
    best = {cycle, op, bank, age};
  }
}

// The first precharge or activate. The last answer holds as long as the same banks want one, none was issued
// and its cycle is not past: whatever else there was is later still.
DramChannel::Choice DramChannel::first_row_command(std::uint64_t to_close, std::uint64_t to_open,
                                                   Cycle from) {
  const bool leap = domain_.engine() == Engine::leap;
  if (leap && row_plan_.known && row_plan_.to_close == to_close && row_plan_.to_open == to_open &&
      row_plan_.writing == writing_ && from <= row_plan_.first.cycle)
    return row_plan_.first;
  Choice first;
  const bool of_misses = one_rank_ && (to_close & queue().hits()) == 0;
  if (of_misses) first = first_of_misses(to_close, from);
  if (!of_misses || first.cycle >= next_refresh_) {  // some banks may be held
    first = {};
    consider(first, RuleOp::PRE, to_close, from);
    consider(first, RuleOp::ACT, to_open, from);
  }
  row_plan_ = {true, writing_, to_close, to_open, first};
  return first;
}

// consider() for the row commands of one rank, where no bank is held for a refresh and none with hits is to
// close: what scattered requests are about. Most wait for an activate that tFAW or tRRD puts off, and then
// the oldest is the first.
DramChannel::Choice DramChannel::first_of_misses(std::uint64_t to_close, Cycle from) const {
  const BurstQueue& waiting = queue();
  const Cycle close_from = std::max(from, timer_.by_rank(RuleOp::PRE, 0)),
              open_from = std::max(from, timer_.by_rank(RuleOp::ACT, 0));
  Choice best;
  for (std::uint64_t left = to_close; left != 0; left &= left - 1) {
    const std::uint32_t bank = lowest(left);
    const Cycle cycle = std::max(timer_.within_rank(RuleOp::PRE, bank), close_from);
    if (cycle > best.cycle) continue;
    const std::uint64_t age = waiting.oldest(bank).age;
    if (cycle < best.cycle || age < best.age) best = {cycle, RuleOp::PRE, bank, age};
  }
  if (open_from > best.cycle) return best;
  for (std::uint32_t bank = waiting.first_miss(); bank != BurstQueue::kNoMiss;
       bank = waiting.next_miss(bank)) {
    const Cycle cycle = std::max(timer_.within_rank(RuleOp::ACT, bank), open_from);
    if (cycle > best.cycle || (to_close >> bank & 1) != 0) continue;
    const std::uint64_t age = waiting.oldest(bank).age;
    if (cycle < best.cycle || age < best.age) best = {cycle, RuleOp::ACT, bank, age};
    if (cycle == open_from) break;
  }
  return best;
}

// consider() for columns, where no bank is held for a refresh: what most plans are about.
DramChannel::Choice DramChannel::first_column(RuleOp op, std::uint64_t banks, Cycle from) const {
  const BurstQueue& waiting = writing_ ? writes_ : reads_;
  from = std::max(from, timer_.by_rank(op, 0));
  Choice best;
  best.op = op;
  for (std::uint32_t bank = waiting.first_hit(); bank != BurstQueue::kNoHit; bank = waiting.next_hit(bank)) {
    const Cycle cycle = timer_.within_rank(op, bank);
    if (cycle >= best.cycle || (banks >> bank & 1) == 0) continue;
    best.cycle = std::max(cycle, from), best.bank = bank;
    if (cycle <= from) break;
  }
  return best;
}

// Where activates are paced, the command bus is kept free for one that tRRD or tFAW alone puts off: a
// precharge, or the first column of a row, goes after it.
Cycle DramChannel::slot_kept_for(const Choice& activate) const {
  if (activate.cycle == kNever) return kNever;
  const Cycle spaced = std::max(timer_.by_group(RuleOp::ACT, activate.bank),
                                timer_.by_rank(RuleOp::ACT, timer_.rank_of(activate.bank)));
  return spaced == activate.cycle ? spaced : kNever;
}

// The first column after an activate, with nothing but tRCD to wait for.
bool DramChannel::opens_its_row(RuleOp column, std::uint32_t bank) const {
  return banks_[bank].fresh &&
         timer_.by_bank(column, bank) >=
             std::max(timer_.by_group(column, bank), timer_.by_rank(column, timer_.rank_of(bank)));
}

// A refresh that is due, or the precharge of a row that nobody wants any more, where it comes before `best`.
DramChannel::Plan DramChannel::with_background(Plan best, Cycle from) const {
  if (config_.page_policy == PagePolicy::closed) {
    for (std::uint64_t left = open_ & ~(reads_.hits() | writes_.hits()); left != 0; left &= left - 1) {
      const std::uint32_t bank = lowest(left);
      const Cycle cycle = std::max({timer_.earliest(RuleOp::PRE, bank), from, row_free_});
      if (cycle >= best.cycle || (cycle >= next_refresh_ && held_for_refresh(RuleOp::PRE, bank, cycle)))
        continue;
      best = {cycle, DramOp::PRE, bank};
    }
  }
  if (best.cycle < next_refresh_ || next_refresh_ == kNever) return best;
  const Plan refresh = plan_refresh(from);
  return best.cycle < refresh.cycle ? best : refresh;
}

// From the cycle in which its refresh is due, a bank takes no other command; once the banks are closed their
// rank opens no other row either, because an activate would put the refresh off.
bool DramChannel::held_for_refresh(RuleOp op, std::uint32_t bank, Cycle cycle) const {
  const Refresh& refresh = refresh_[timer_.rank_of(bank)];
  if (cycle < refresh.due) return false;
  return (refresh.banks >> bank & 1) != 0 || (op == RuleOp::ACT && (open_ & refresh.banks) == 0);
}

DramChannel::Plan DramChannel::plan_refresh(Cycle from) const {
  Plan best;
  for (std::uint32_t rank = 0; rank < refresh_.size(); ++rank) {
    if (refresh_[rank].due >= best.cycle) continue;
    if (const Plan plan = plan_refresh_of(refresh_[rank], rank, from); plan.cycle < best.cycle) best = plan;
  }
  return best;
}

DramChannel::Plan DramChannel::plan_refresh_of(const Refresh& refresh, std::uint32_t rank, Cycle from) const {
  Cycle cycle = std::max({from, row_free_, refresh.due});
  const std::uint32_t first = rank * banks_per_rank_;
  const std::uint64_t open = open_ & refresh.banks;
  const bool whole = refresh_sets_ == 1;
  if (open != 0 && !whole) {
    Plan best;
    for (std::uint64_t left = open; left != 0; left &= left - 1) {
      const Cycle at = std::max(cycle, timer_.earliest(RuleOp::PRE, lowest(left)));
      if (at < best.cycle) best = {at, DramOp::PRE, lowest(left)};
    }
    return best;
  }
  if (open != 0) {
    for (std::uint64_t left = open; left != 0; left &= left - 1)
      cycle = std::max(cycle, timer_.earliest(RuleOp::PRE, lowest(left)));
    return {cycle, DramOp::PREA, first};
  }
  if (whole) return {std::max(cycle, timer_.by_rank(RuleOp::REF, rank)), DramOp::REF, first};
  for (std::uint64_t left = refresh.banks; left != 0; left &= left - 1)
    cycle = std::max(cycle, timer_.earliest(RuleOp::REFpb, lowest(left)));
  return {cycle, DramOp::REFpb, lowest(refresh.banks)};
}

// Carries out what falls before `end`. Nothing is pending.
void DramChannel::background_until(Cycle end) {
  if (next_refresh_ >= end && (config_.page_policy == PagePolicy::open || open_ == 0)) return;
  for (Plan next = with_background({}, last_issue_); next.cycle < end;
       next = with_background({}, last_issue_))
    issue(next);
}

}  // namespace nnp::sim
