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
  while (true) {
    if (!run_trains(std::min({next_row_command().cycle, next_refresh_ - 1, until - 1}), now)) {
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

// The planned column and those behind it whose data follow each other without a gap, train by train, up to
// cycle `last`; at the full door the request in front enters meanwhile, as far as it only makes lists longer.
// False where the planned column is no such one.
bool DramChannel::run_trains(Cycle last, Cycle now) {
  const bool closed = door_ != Door::open;
  const BurstQueue &waiting = queue(), &others = writing_ ? reads_ : writes_;
  if (pace_[writing_] == Pace::slower || last <= plan_.cycle ||
      plan_.cycle + data_clocks() != data_end_ + burst_clocks_)
    return false;
  if (others.size() != 0 && (closed || writing_)) return false;
  const RuleOp op = writing_ ? RuleOp::WR : RuleOp::RD;
  std::uint32_t room = closed ? front_without_effect() : kNone, owed = 0, columns = 0;
  const std::uint64_t to_close = rows_to_close();
  std::uint64_t hits = waiting.hits();
  Cycle cycle = plan_.cycle;
  std::uint32_t bank = plan_.bank;
  do {
    const Train train = train_from(cycle, bank, last, room - owed);
    if (train.columns == 0) break;
    run_train(train, cycle, bank);
    columns += train.columns;
    cycle += Cycle{train.columns} * burst_clocks_;
    if (closed) {
      owed += train.columns;
      if (owed == room) {
        last_issue_ = cycle - burst_clocks_;
        enter(owed, now);
        if (door_ == Door::open || others.size() != 0) break;
        room = front_without_effect();
      }
      if (waiting.hits() != hits) break;
    } else if (waiting.hits() != hits) {
      if (waiting.size() == 0 || rows_to_close() != to_close) break;
      hits = waiting.hits();
    }
    if (cycle > last || owed == room) break;
    bank = first_ready(op, cycle);
  } while (bank != BurstQueue::kNoHit);
  if (columns == 0) return false;
  trains_end(columns, cycle - burst_clocks_);
  enter(owed, now);
  return true;
}

// From the column of `bank` in `cycle` on, which the oldest bank that is ready then has. Where columns of one
// bank follow at the bus's pace, nobody comes before the rest of its run, if that is the oldest. Where they
// follow at up to half of it, the two oldest take turns, if they lie in two groups: each is ready again when
// the other has had its turn and not before, and no third is older. A train ends when a bank has no more for
// its open row (others may then want to close it), and leaves a burst that waits longer than the request at
// the door. No columns: a run that is not the oldest of its bank, or that may become longer.
DramChannel::Train DramChannel::train_from(Cycle cycle, std::uint32_t bank, Cycle last,
                                           std::uint32_t room) const {
  const BurstQueue& waiting = queue();
  const bool closed = door_ != Door::open;
  const auto fixed = [&](std::uint32_t of) {
    return waiting.hit_is_oldest(of) &&
           !(closed && front_.entered && waiting.hit(of).request == door_request_);
  };
  if (!fixed(bank)) return {};
  const std::uint32_t oldest = waiting.first_hit(), next = waiting.next_hit(oldest);
  const Run& run = waiting.hit(bank);
  Train train{1, kNone};
  if (pace_[writing_] == Pace::bus) {
    if (bank == oldest) train.columns = run.bursts;
  } else if (const std::uint32_t second = bank == oldest ? next : oldest;
             second != BurstQueue::kNoHit && (bank == oldest || bank == next) &&
             !timer_.same_group(bank, second) && fixed(second) &&
             timer_.within_rank(writing_ ? RuleOp::WR : RuleOp::RD, second) <= cycle + burst_clocks_) {
    const Run& other = waiting.hit(second);
    train = {2 * std::min(run.bursts, other.bursts), second};
    if (run.bursts <= other.bursts && (closed ? !waiting.hit_goes_on(bank) : waiting.other_row_next(bank)))
      --train.columns;
  }
  if (cycle + (train.columns - 1) * Cycle{burst_clocks_} > last)
    train.columns = static_cast<std::uint32_t>((last - cycle) / burst_clocks_ + 1);
  if (closed) train.columns = std::min({train.columns, room, waiting.size() - 1});
  if (train.columns == 1) train.second = kNone;
  return train;
}

std::uint32_t DramChannel::first_ready(RuleOp op, Cycle cycle) const {
  const BurstQueue& waiting = queue();
  std::uint32_t bank = waiting.first_hit();
  while (bank != BurstQueue::kNoHit && timer_.within_rank(op, bank) > cycle) bank = waiting.next_hit(bank);
  return bank;
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

void DramChannel::run_train(const Train& train, Cycle begin, std::uint32_t first) {
  const BurstQueue& waiting = queue();
  const bool two = train.second != kNone;
  const std::uint32_t count = train.columns;
  if (observer_) {
    const std::uint32_t columns[] = {waiting.hit(first).column, two ? waiting.hit(train.second).column : 0};
    for (std::uint32_t i = 0; i < count; ++i)
      observe({begin + Cycle{i} * burst_clocks_, writing_ ? DramOp::WR : DramOp::RD,
               two && i % 2 != 0 ? train.second : first},
              0, two ? columns[i % 2] + i / 2 : columns[0] + i);
  }
  const Cycle end = begin + (count - 1) * Cycle{burst_clocks_};
  if (!two) {
    take_hits(first, count, end);
  } else if (count % 2 == 0) {
    take_hits(first, count / 2, end - burst_clocks_);
    take_hits(train.second, count / 2, end);
  } else {
    take_hits(train.second, count / 2, end - burst_clocks_);
    take_hits(first, count / 2 + 1, end);
  }
}

// The bank's part in a train: its next bursts, the last at `last`.
void DramChannel::take_hits(std::uint32_t bank, std::uint32_t bursts, Cycle last) {
  put_off_precharge(bank);
  if (banks_[bank].fresh) {
    count_row_outcome(bank);
    statistics_.row_hits += bursts - 1;
  } else {
    statistics_.row_hits += bursts;
  }
  BurstQueue& waiting = queue();
  const std::uint32_t owner = waiting.hit(bank).request;
  waiting.pop_hits(bank, bursts);
  timer_.issued_in_train(writing_ ? RuleOp::WR : RuleOp::RD, bank, last);
  if (!writing_ && (reading_[owner].bursts_left -= bursts) == 0) finish_read(owner, last + read_clocks_);
}

// What so many columns change together, the last of them in cycle `end`.
void DramChannel::trains_end(std::uint32_t columns, Cycle end) {
  const RuleOp op = writing_ ? RuleOp::WR : RuleOp::RD;
  timer_.train_ended(op, end);
  last_issue_ = end;
  column_free_ = end + clocks_of(op);
  if (!bus_.separate_columns) row_free_ = column_free_;
  data_end_ = end + data_clocks();
  busy_until_ = std::max(busy_until_, data_end_);
  wrote_last_ = writing_;
  statistics_.data_cycles += Cycle{columns} * burst_clocks_;
  (writing_ ? statistics_.wr : statistics_.rd) += columns;
  (writing_ ? statistics_.write_bursts : statistics_.read_bursts) += columns;
  update_drain();
  if (!pending()) empty_from_ = end;
}

}  // namespace nnp::sim
