// SPDX-License-Identifier: Apache-2.0
// What a command changes: banks, queues, timer, sums; and to which cause a gap on the data bus is charged.
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

void DramChannel::issue_column(std::uint32_t bank, Cycle now) {
  BurstQueue& waiting = queue();
  Bank& state = banks_[bank];
  const Cycle data_end = now + (writing_ ? write_clocks_ : read_clocks_);
  if (data_end - burst_clocks_ != data_end_) charge_gap(bank, now, data_end - burst_clocks_);
  data_end_ = data_end;
  wrote_last_ = writing_;
  if ((row_plan_.to_close >> bank & 1) != 0) row_plan_.known = false;  // its precharge has to wait longer
  if (!waiting.hit_is_oldest(bank) && ++state.passed_over >= config_.row_hit_cap)
    capped_ |= std::uint64_t{1} << bank;
  ++(!state.fresh     ? statistics_.row_hits
     : state.conflict ? statistics_.row_conflicts
                      : statistics_.row_misses);
  state.fresh = state.conflict = false;
  statistics_.data_cycles += burst_clocks_;
  const std::uint32_t owner = waiting.hit(bank).request;
  waiting.pop_hit(bank);
  update_drain();
  if (!pending()) empty_from_ = now;
  busy_until_ = std::max(busy_until_, data_end);
  if (writing_) {
    timer_.issued(RuleOp::WR, bank, now);
    ++statistics_.wr, ++statistics_.write_bursts;
  } else {
    timer_.issued(RuleOp::RD, bank, now);
    ++statistics_.rd, ++statistics_.read_bursts;
    Reading& reading = reading_[owner];
    if (--reading.bursts_left == 0) {
      answer(reading.request, data_end);
      reading.next_free = free_reading_;
      free_reading_ = owner;
    }
  }
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

// The bus was idle from data_end_ to data_start, before the burst whose column comes now. In the time of
// column commands that is the same length up to now: first what passed with nothing pending, then what the
// bank's refresh took; the rest has one cause, or two where the activate waited for tFAW.
void DramChannel::charge_gap(std::uint32_t bank, Cycle now, Cycle data_start) {
  NNP_ASSERT(data_start > data_end_, "{}: bursts meet on the data bus at {}", name(), data_start);
  const Bank& state = banks_[bank];
  auto& waits = statistics_.bus_waits;
  const auto charge = [&](BusWait wait, Cycles cycles) { waits[static_cast<std::size_t>(wait)] += cycles; };
  Cycles left = data_start - data_end_;
  Cycle start = now > left ? now - left : 0;
  const auto take = [&](BusWait wait, Cycle from, Cycle to) {
    from = std::max(from, start), to = std::min(to, now);
    if (to <= from) return;
    charge(wait, to - from);
    left -= to - from, start = to;
  };
  if (now < left) {  // before cycle 0 there was nothing; only the first gap reaches that far
    charge(BusWait::no_requests, left - now);
    left = now;
  }
  take(BusWait::no_requests, empty_from_, empty_to_);
  const Cycle refreshed_from = std::max(start, state.refresh_due);
  take(BusWait::refresh, state.refresh_due, state.refresh_end);
  if (start > refreshed_from)  // on the data bus everything is later by the burst's own way
    refreshed_.push_back({refreshed_from + (data_start - now), start + (data_start - now)});
  const RuleOp op = writing_ ? RuleOp::WR : RuleOp::RD;
  if (!opens_its_row(op, bank)) return charge(column_wait(op, bank, now), left);
  const auto part = [&](BusWait wait, Cycles cycles) {
    cycles = std::min(left, cycles);
    charge(wait, cycles), left -= cycles;
  };
  if (state.activate_wait == BusWait::tFAW) part(BusWait::tFAW, state.activate_waited);
  part(BusWait::command_bus, now - timer_.by_bank(op, bank));
  charge(BusWait::row_cycling, left);
}

// What held up a column of a row that was open.
BusWait DramChannel::column_wait(RuleOp op, std::uint32_t bank, Cycle now) const {
  if (timer_.by_other_rank(op, bank) == now) return BusWait::rank_switch;
  if (writing_ != wrote_last_) return BusWait::turnaround;
  const Cycle spaced = std::max(timer_.by_group(op, bank), timer_.by_rank(op, timer_.rank_of(bank)));
  return spaced == now ? BusWait::tCCD_L : BusWait::command_bus;
}

}  // namespace nnp::sim
