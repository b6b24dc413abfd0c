// SPDX-License-Identifier: Apache-2.0
// Columns that follow each other: one after the other without a plan for each, or as a train, decided and
// carried out at once.
#include "sim/units/dram/dram_channel.h"

namespace nnp::sim {

// In the leap engine: carries out the planned column and the commands after it that come before cycle
// `until`, with what each column lets in at a closed door, for as long as columns of this direction wait and
// no refresh comes near. It does what plan(), issue() and admit() would, but looks again only at what has
// changed. False where it leaves off with the next plan to be made.
bool DramChannel::run_columns(Cycle now, Cycle until) {
  const BurstQueue& waiting = queue();
  const bool writing = writing_, closed = door_ != Door::open;
  const RuleOp op = writing ? RuleOp::WR : RuleOp::RD;
  const auto last_before_others = [&] {
    return std::min({next_row_command().cycle, next_refresh_ - 1, until - 1});
  };
  Cycle last = last_before_others();
  std::uint32_t owed = 0;  // bursts of the request at the door that are in, but not yet in the queue
  while (true) {
    const std::uint64_t hits = waiting.hits(), to_close = rows_to_close();
    const Train train = train_from(last, closed, owed);
    if (train.columns > 1) {
      run_train(train);
      if (closed) owed += train.columns;
      const std::uint32_t bank = waiting.first_hit();
      const Cycle next = last_issue_ + burst_clocks_;
      if (closed && (owed == front_.left || waiting.hits() != hits)) {
        enter(owed, now);
      } else if (bank != BurstQueue::kNoHit && rows_to_close() == to_close && next <= last &&
                 timer_.within_rank(op, bank) <= next) {  // what could come before has not changed
        plan_.cycle = next, plan_.bank = bank;
        continue;
      }
    } else {
      enter(owed, now);
      issue(plan_);
      if (closed && !replace_at_door()) admit(now);
    }
    if (waiting.size() == 0 || (capped_ & waiting.hits()) != 0) break;
    choose_direction();
    if (writing_ != writing) break;
    if (closed && door_ == Door::open) {
      if (arrival_is_first(now)) break;
      plan_column(kNever);
      return plan_.cycle != kNever;
    }
    while (!plan_column(until)) {
      enter(owed, now);
      if (plan_.cycle >= until) return plan_.cycle != kNever;
      issue(plan_);
    }
    last = last_before_others();
  }
  enter(owed, now);
  return false;
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

// The data of the planned column follows what is on the bus. Where columns of one bank follow at the bus's
// pace, nobody comes before the rest of its run, if that is the oldest. Where they follow at up to half of
// it, the two oldest take turns, if they lie in two groups: each is ready again when the other has had its
// turn and not before, and no third is older. A train ends before `last` is past, when a bank has no more for
// its open row (others may then want to close it), and with what the request at the door can put into the
// places, which is younger than all.
DramChannel::Train DramChannel::train_from(Cycle last, bool closed, std::uint32_t owed) const {
  const BurstQueue &waiting = queue(), &others = writing_ ? reads_ : writes_;
  const std::uint32_t first = plan_.bank, oldest = waiting.first_hit();
  const Pace pace = pace_[writing_];
  if (pace == Pace::slower || last <= plan_.cycle || plan_.cycle + data_clocks() != data_end_ + burst_clocks_)
    return {};
  if (others.size() != 0 && (closed || writing_)) return {};
  if (closed && front_.left < owed + 2) return {};
  if (!waiting.hit_is_oldest(first) || (pace == Pace::bus && first != oldest)) return {};
  const Run& run = waiting.hit(first);
  Train train{run.bursts, kNone};
  if (pace == Pace::bus) {
    if (run.bursts == 1) return {};
  } else {
    train.second = first == oldest ? waiting.next_hit(first) : oldest;
    if (train.second == BurstQueue::kNoHit || (first != oldest && first != waiting.next_hit(oldest)))
      return {};
    const Run& other = waiting.hit(train.second);
    if (!waiting.hit_is_oldest(train.second) || timer_.same_group(first, train.second) ||
        timer_.within_rank(writing_ ? RuleOp::WR : RuleOp::RD, train.second) > plan_.cycle + burst_clocks_)
      return {};
    train.columns = 2 * std::min(run.bursts, other.bursts);
    if (run.bursts <= other.bursts && (closed ? !waiting.hit_goes_on(first) : waiting.other_row_next(first)))
      --train.columns;
  }
  if (plan_.cycle + (train.columns - 1) * Cycle{burst_clocks_} > last)
    train.columns = static_cast<std::uint32_t>((last - plan_.cycle) / burst_clocks_ + 1);
  if (!closed) return train;
  const auto entering = [&](const Run& of) { return front_.entered && of.request == door_request_; };
  if (entering(run) || (train.second != kNone && entering(waiting.hit(train.second)))) return {};
  const std::uint32_t room = owed != 0 ? front_.left : front_without_effect();
  train.columns = std::min({train.columns, room - owed, waiting.size() - 1});
  return train;
}

// So many bursts of the request at the full door, if its next ones only make the queues of their banks
// longer: banks whose open row they want, as others do.
std::uint32_t DramChannel::front_without_effect() const {
  if (door_ != Door::full || front_stride_ == 0 || requests_.front().write != writing_) return 0;
  if (front_.left > in_span()) return 0;
  const std::uint64_t waiting = queue().waiting(), hits = queue().hits();
  for (std::uint32_t i = 0; i < std::min(front_.left, front_stride_); ++i) {
    const DramLocation at = locate(front_.burst + i);
    if ((waiting >> at.bank & 1) == 0) return 0;
    if ((hits >> at.bank & 1) == 0 && banks_[at.bank].row == at.row) return 0;
  }
  return front_.left;
}

// Puts `owed` bursts of the request at the door into the queue, the last of them in the place of the last
// column.
void DramChannel::enter(std::uint32_t& owed, Cycle now) {
  if (owed == 0) return;
  if (!front_.entered) begin_front();
  enter_span(owed);
  owed = 0;
  if (front_.left != 0) return;
  complete_front(std::max(now, last_issue_));
  admit(now);
}

void DramChannel::run_train(const Train& train) {
  BurstQueue& waiting = queue();
  const RuleOp op = writing_ ? RuleOp::WR : RuleOp::RD;
  const bool two = train.second != kNone;
  const std::uint32_t first = plan_.bank, count = train.columns;
  const Cycle begin = plan_.cycle, end = begin + (count - 1) * Cycle{burst_clocks_};
  if (observer_) {
    const std::uint32_t columns[] = {waiting.hit(first).column, two ? waiting.hit(train.second).column : 0};
    for (std::uint32_t i = 0; i < count; ++i)
      observe({begin + Cycle{i} * burst_clocks_, plan_.op, two && i % 2 != 0 ? train.second : first}, 0,
              two ? columns[i % 2] + i / 2 : columns[0] + i);
  }
  last_issue_ = end;
  column_free_ = end + clocks_of(op);
  if (!bus_.separate_columns) row_free_ = column_free_;
  data_end_ = end + data_clocks();
  busy_until_ = std::max(busy_until_, data_end_);
  wrote_last_ = writing_;
  statistics_.data_cycles += Cycle{count} * burst_clocks_;
  (writing_ ? statistics_.wr : statistics_.rd) += count;
  (writing_ ? statistics_.write_bursts : statistics_.read_bursts) += count;
  if (!two) {
    take_hits(first, count, end);
  } else if (count % 2 == 0) {
    take_hits(first, count / 2, end - burst_clocks_);
    take_hits(train.second, count / 2, end);
  } else {
    take_hits(train.second, count / 2, end - burst_clocks_);
    take_hits(first, count / 2 + 1, end);
  }
  update_drain();
  if (!pending()) empty_from_ = end;
}

// The bank's part in a train: its next bursts, the last at `last`.
void DramChannel::take_hits(std::uint32_t bank, std::uint32_t bursts, Cycle last) {
  put_off_precharge(bank);
  count_row_outcome(bank);
  statistics_.row_hits += bursts - 1;
  BurstQueue& waiting = queue();
  const std::uint32_t owner = waiting.hit(bank).request;
  waiting.pop_hits(bank, bursts);
  timer_.issued_column(writing_ ? RuleOp::WR : RuleOp::RD, bank, last);
  if (!writing_ && (reading_[owner].bursts_left -= bursts) == 0) finish_read(owner, last + read_clocks_);
}

}  // namespace nnp::sim
