// SPDX-License-Identifier: Apache-2.0
// Columns one after the other, without all of a plan for each, and what the request at the closed door puts
// in the places that they leave. Those that follow without a gap: dram_trains.h.
#include "sim/units/dram/dram_channel.h"

namespace nnp::sim {

// In the leap engine: carries out the planned column and the commands after it that come before cycle
// `until`, with what each column lets in at a closed door, for as long as columns of this direction wait and
// no refresh comes near. It does what plan(), issue() and admit() would, but looks again only at what has
// changed. False where it leaves off with the next plan to be made.
bool DramChannel::run_columns(Cycle now, Cycle until) {
  const BurstQueue& waiting = queue();
  const bool writing = writing_, closed = door_ != Door::open;
  while (true) {
    if (!run_trains(until, now)) {
      issue(plan_);
      if (closed && !replace_at_door()) admit(now);
    }
    if (waiting.size() == 0 || (capped_ & waiting.hits()) != 0) return false;
    choose_direction();
    if (writing_ != writing) return false;
    if (closed && door_ == Door::open) {
      if (arrival_is_first(now)) return false;
      plan_column(kNever);
      return plan_.cycle != kNever;
    }
    while (!plan_column(until)) {
      if (plan_.cycle >= until) return plan_.cycle != kNever;
      issue(plan_);
    }
  }
}

// Plans the column that comes first, of equals the one of the oldest burst: true. False with what comes
// before it in the rows, or with kNever where that is past `until` or a refresh.
bool DramChannel::plan_column(Cycle until) {
  const BurstQueue& waiting = queue();
  const RuleOp op = writing_ ? RuleOp::WR : RuleOp::RD;
  const Cycle from = std::max({last_issue_, column_free_, timer_.by_rank(op, 0)});
  Plan best{kNever, writing_ ? DramOp::WR : DramOp::RD, 0};
  for (std::uint32_t bank = waiting.first_hit(); bank != BurstQueue::kNoHit; bank = waiting.next_hit(bank)) {
    const Cycle cycle = timer_.within_rank(op, bank);
    if (cycle >= best.cycle) continue;
    best.cycle = std::max(cycle, from), best.bank = bank;
    if (cycle <= from) break;
  }
  const Choice row = next_row_command();
  const bool is_column = best.cycle <= row.cycle;
  plan_ = is_column ? best : Plan{row.cycle, row.op == RuleOp::ACT ? DramOp::ACT : DramOp::PRE, row.bank};
  if (plan_.cycle >= next_refresh_) plan_ = {};
  return is_column && plan_.cycle < until;
}

DramChannel::Choice DramChannel::next_row_command() {
  const BurstQueue& waiting = queue();
  const std::uint64_t to_close = rows_to_close(), to_open = waiting.waiting() & ~open_;
  if ((to_close | to_open) == 0) return {};
  return first_row_command(to_close, to_open, std::max(last_issue_, row_free_));
}

// So many bursts of the request at the full door, if its next ones are without_effect().
std::uint32_t DramChannel::front_without_effect() const {
  const bool is_same_way = door_ == Door::full && requests_.front().write == writing_;
  return is_same_way && without_effect(front_.burst, front_.left) ? front_.left : 0;
}

// Whether so many bursts only make the queues of their banks longer: banks whose open row they want, as
// others do.
bool DramChannel::without_effect(std::uint64_t first, std::uint32_t bursts) const {
  if (front_stride_ == 0 || bursts > front_span_ - (first & (front_span_ - 1u))) return false;
  const std::uint64_t waiting = queue().waiting(), hits = queue().hits(), block = first & ~(kBlock - 1);
  const DramLocation high = block == front_.block ? front_.block_at : map_.locate(block);
  for (std::uint32_t i = 0; i < std::min(bursts, front_stride_); ++i) {
    const DramLocation at = sum(high, in_block_[(first + i) % kBlock]);
    if ((waiting >> at.bank & 1) == 0) return false;
    if ((hits >> at.bank & 1) == 0 && banks_[at.bank].row == at.row) return false;
  }
  return true;
}

// Puts `owed` bursts of the request at the door into the queue, the last of them in the place of the last
// column. Behind: the banks have not changed since front_without_effect(). So many places of the queue are
// free only later.
void DramChannel::enter(std::uint32_t owed, bool behind, std::uint32_t later, Cycle now) {
  if (owed == 0) return;
  if (behind && owed == front_.left && !front_.entered) {
    enter_behind();
  } else {
    if (!front_.entered) begin_front();
    enter_span(owed);
    if (front_.left != 0) return;
  }
  complete_front(std::max(now, last_issue_));
  const bool full = queue().space() == later && requests_.ready(now) && requests_.front().write == writing_;
  if (!full) {
    admit(now);
    return;
  }
  come_to_front(requests_.front());
  door_ = Door::full;
}

}  // namespace nnp::sim
