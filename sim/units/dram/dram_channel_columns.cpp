// SPDX-License-Identifier: Apache-2.0
// What a column changes, and to which cause a gap on the data bus before it is charged.
#include "sim/units/dram/dram_channel.h"

namespace nnp::sim {
// What admit() most often comes to: one more burst of the request at the full door takes the place of a
// column.
bool DramChannel::replace_at_door() {
  if (door_ != Door::full || !front_.entered || front_.left == 1) return false;
  BurstQueue& waiting = queue();
  if (requests_.front().write != writing_ || waiting.size() == 0) return false;
  if ((writing_ ? reads_ : writes_).overlaps(front_.at, 1)) return false;
  waiting.push(front_.at, 1, door_request_, next_age_, banks_[front_.at.bank].row);
  update_drain();
  advance_front(1);
  return true;
}

void DramChannel::issue_column(std::uint32_t bank, Cycle now) {
  BurstQueue& waiting = queue();
  Bank& state = banks_[bank];
  const Cycle data_end = now + (writing_ ? write_clocks_ : read_clocks_);
  if (data_end - burst_clocks_ != data_end_) charge_gap(bank, now, data_end - burst_clocks_);
  data_end_ = data_end;
  wrote_last_ = writing_;
  put_off_precharge(bank);
  if (!waiting.hit_is_oldest(bank) && ++state.passed_over >= config_.row_hit_cap)
    capped_ |= std::uint64_t{1} << bank;
  count_row_outcome(bank);
  statistics_.data_cycles += burst_clocks_;
  const std::uint32_t owner = waiting.hit(bank).request;
  waiting.pop_hits(bank);
  update_drain();
  if (!pending()) empty_from_ = now;
  busy_until_ = std::max(busy_until_, data_end);
  const RuleOp op = writing_ ? RuleOp::WR : RuleOp::RD;
  one_rank_ ? timer_.issued_column(op, bank, now) : timer_.issued(op, bank, now);
  if (writing_) {
    ++statistics_.wr, ++statistics_.write_bursts;
  } else {
    ++statistics_.rd, ++statistics_.read_bursts;
    if (--reading_[owner].bursts_left == 0) finish_read(owner, data_end);
  }
}

// Its last data ends at `data_end`.
void DramChannel::finish_read(std::uint32_t number, Cycle data_end) {
  twins_.empty() ? answer(asked_[number], data_end) : answer_for_all(number, data_end);
  reading_[number].next_free = free_reading_;
  free_reading_ = number;
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
