// SPDX-License-Identifier: Apache-2.0
// What a command changes: banks, queues, timer, sums.
#include <bit>

#include "sim/units/dram/dram_channel.h"

namespace nnp::sim {

void DramChannel::issue(const Plan& command) {
  const Cycle now = command.cycle;
  const std::uint32_t bank = command.bank;
  const auto held_by = [&](RuleOp op) { return now + bus_.clocks[static_cast<std::size_t>(op)]; };
  const auto hold_row_bus = [&](RuleOp op) {
    row_free_ = held_by(op);
    row_plan_.known = false;
    if (!bus_.separate_columns) column_free_ = row_free_;
  };
  last_issue_ = now;
  std::uint32_t row = 0, column = 0;
  switch (command.op) {
    case DramOp::ACT:
      row = queue().oldest(bank).row;
      issue_activate(bank, now);
      hold_row_bus(RuleOp::ACT);
      break;
    case DramOp::PRE:
      close_bank(bank, now);
      banks_[bank].conflict = ((reads_.waiting() | writes_.waiting()) >> bank & 1) != 0;
      hold_row_bus(RuleOp::PRE);
      ++statistics_.pre;
      break;
    case DramOp::PREA:
      for (std::uint64_t left = open_ & refresh_[timer_.rank_of(bank)].banks; left != 0; left &= left - 1)
        close_bank(static_cast<std::uint32_t>(std::countr_zero(left)), now);
      timer_.issued_to_rank(RuleOp::PREA, timer_.rank_of(bank), now);
      hold_row_bus(RuleOp::PREA);
      ++statistics_.pre;
      break;
    case DramOp::RD:
    case DramOp::WR:
      column = queue().hit(bank).column;
      issue_column(bank, now);
      column_free_ = held_by(writing_ ? RuleOp::WR : RuleOp::RD);
      if (!bus_.separate_columns) row_free_ = column_free_;
      break;
    case DramOp::REF:
    case DramOp::REFpb:
      issue_refresh(command);
      hold_row_bus(command.op == DramOp::REF ? RuleOp::REF : RuleOp::REFpb);
      break;
  }
  if (observer_) observe(command, row, column);
}

void DramChannel::observe(const Plan& command, std::uint32_t row, std::uint32_t column) const {
  const std::uint32_t banks = config_.organization.banks, in_rank = command.bank % banks_per_rank_;
  observer_({command.cycle, command.op, static_cast<std::uint8_t>(command.bank / banks_per_rank_),
             static_cast<std::uint8_t>(in_rank / banks), static_cast<std::uint8_t>(in_rank % banks), row,
             column});
}

void DramChannel::issue_activate(std::uint32_t bank, Cycle now) {
  const std::uint32_t row = queue().oldest(bank).row;
  Bank& state = banks_[bank];
  const Cycle own = timer_.by_bank(RuleOp::ACT, bank);
  const bool spaced =
      std::max(timer_.by_group(RuleOp::ACT, bank), timer_.by_rank(RuleOp::ACT, timer_.rank_of(bank))) == now;
  state.activate_wait =
      spaced && own < now && state.refresh_end != now ? BusWait::tFAW : BusWait::row_cycling;
  state.activate_waited = now - std::min(own, now);
  state.row = row, state.passed_over = 0, state.fresh = true;
  open_ |= std::uint64_t{1} << bank;
  capped_ &= ~(std::uint64_t{1} << bank);
  reads_.row_opened(bank, row), writes_.row_opened(bank, row);
  timer_.issued(RuleOp::ACT, bank, now);
  ++statistics_.act;
}

void DramChannel::close_bank(std::uint32_t bank, Cycle now) {
  banks_[bank].row = kNone;
  open_ &= ~(std::uint64_t{1} << bank);
  reads_.row_closed(bank), writes_.row_closed(bank);
  timer_.issued(RuleOp::PRE, bank, now);
}

void DramChannel::issue_refresh(const Plan& command) {
  const std::uint32_t rank = timer_.rank_of(command.bank);
  Refresh& refresh = refresh_[rank];
  const RuleOp op = command.op == DramOp::REF ? RuleOp::REF : RuleOp::REFpb;
  timer_.issued_to_rank(op, rank, command.cycle);
  for (std::uint64_t left = refresh.banks; left != 0; left &= left - 1) {
    const auto bank = static_cast<std::uint32_t>(std::countr_zero(left));
    timer_.issued_to_bank(op, bank, command.cycle);
    banks_[bank].refresh_due = refresh.due;
    banks_[bank].refresh_end =
        op == RuleOp::REF ? timer_.by_rank(RuleOp::ACT, rank) : timer_.by_bank(RuleOp::ACT, bank);
  }
  ++statistics_.ref;
  refresh.due += refresh_interval_;
  refresh.set = (refresh.set + 1) % refresh_sets_;
  aim_refresh(refresh, rank);
  next_refresh_ = kNever;
  for (const Refresh& other : refresh_) next_refresh_ = std::min(next_refresh_, other.due);
}

void DramChannel::aim_refresh(Refresh& refresh, std::uint32_t rank) const {
  refresh.banks = 0;
  for (std::uint32_t bank = refresh.set; bank < banks_per_rank_; bank += refresh_sets_)
    refresh.banks |= std::uint64_t{1} << (rank * banks_per_rank_ + bank);
}

}  // namespace nnp::sim
