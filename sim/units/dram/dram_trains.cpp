// SPDX-License-Identifier: Apache-2.0
// Trains: columns of one bank, or of two in turns, decided and carried out at once.
#include "sim/units/dram/dram_trains.h"

namespace nnp::sim {

bool DramChannel::run_trains(Cycle until, Cycle now) { return Trains(*this, until, now).run(); }

inline bool DramChannel::Trains::starts() const {
  const Cycle cycle = c_.plan_.cycle;
  return c_.pace_[c_.writing_] != Pace::slower && cycle < last() &&
         cycle + c_.data_clocks() == c_.data_end_ + burst_ &&
         (others_.size() == 0 || !(closed_ || c_.writing_));
}

bool DramChannel::Trains::run() {
  if (!starts()) return false;
  if (closed_) look_at_front();
  cycle_ = c_.plan_.cycle, first_ = c_.plan_.bank;
  hits_ = waiting_.hits(), to_close_ = c_.rows_to_close();
  while (true) {
    if (stream_starts() && stream_goes_on()) {
      do take_round();
      while (stream_goes_on());
      finish_stream();
      if (!may_follow()) break;
    } else {
      if (!next_train()) break;
      if (c_.observer_) observe();
      carry_out();
      if (!goes_on()) break;
    }
    for (first_ = waiting_.first_hit(); first_ != BurstQueue::kNoHit && !ready(first_, cycle_);)
      first_ = waiting_.next_hit(first_);
    if (first_ == BurstQueue::kNoHit) break;
  }
  if (total_ == 0) return false;
  finish();
  return true;
}

// From the column of first_ on, the oldest bank that is ready. Where columns of one bank follow at the bus's
// pace, nobody comes before the rest of its run, if that is the oldest. Where they follow at up to half of
// it, the two oldest take turns, if they lie in two groups: each is ready again when the other has had its
// turn and not before, and no third is older. A train ends when a bank has no more for its open row (others
// may then want to close it), and leaves a burst that waits longer than the request at the door.
inline bool DramChannel::Trains::next_train() {
  if (!fixed(first_)) return false;
  const std::uint32_t oldest = waiting_.first_hit();
  const Run& run = waiting_.hit(first_);
  columns_ = 1, second_ = BurstQueue::kNoHit;
  if (!in_turns_) {
    if (first_ == oldest) columns_ = run.bursts;
  } else {
    const std::uint32_t next = waiting_.next_hit(oldest), other = first_ == oldest ? next : oldest;
    if (other != BurstQueue::kNoHit && (first_ == oldest || first_ == next) &&
        !c_.timer_.same_group(first_, other) && fixed(other) && ready(other, cycle_ + burst_)) {
      second_ = other;
      const std::uint32_t turns = waiting_.hit(other).bursts;
      columns_ = 2 * std::min(run.bursts, turns);
      if (run.bursts <= turns && (closed_ ? !waiting_.hit_goes_on(first_) : waiting_.other_row_next(first_)))
        --columns_;
    }
  }
  if (cycle_ + (columns_ - 1) * burst_ > last())
    columns_ = static_cast<std::uint32_t>((last() - cycle_) / burst_ + 1);
  if (closed_) columns_ = std::min({columns_, room_ - owed_, waiting_.size() - 1});
  return columns_ != 0;
}

inline void DramChannel::Trains::carry_out() {
  const std::uint32_t half = columns_ / 2;
  const Cycle end = cycle_ + (columns_ - 1) * burst_;
  if (second_ == BurstQueue::kNoHit || columns_ == 1) {
    take(first_, columns_, end);
  } else {
    const bool even = columns_ % 2 == 0;
    take(even ? first_ : second_, half, end - burst_);
    take(even ? second_ : first_, columns_ - half, end);
  }
  total_ += columns_;
  cycle_ = end + burst_;
}

// The bank's part in a train: its next bursts, the last at `last`.
inline void DramChannel::Trains::take(std::uint32_t bank, std::uint32_t bursts, Cycle last) {
  touch(bank);
  const std::uint32_t owner = waiting_.hit(bank).request;
  waiting_.pop_hits(bank, bursts);
  c_.timer_.issued_in_train(op_, bank, last);
  if (op_ == RuleOp::RD && (c_.reading_[owner].bursts_left -= bursts) == 0)
    c_.finish_read(owner, last + c_.read_clocks_);
}

// Whether another train may follow; what its columns let in enters, once it is a whole request.
inline bool DramChannel::Trains::goes_on() {
  if (!closed_) {
    if (waiting_.hits() == hits_) return cycle_ <= last();
    hits_ = waiting_.hits();
    return cycle_ <= last() && waiting_.size() != 0 && c_.rows_to_close() == to_close_;
  }
  owed_ += columns_;
  if (owed_ == room_) {
    c_.last_issue_ = cycle_ - burst_;
    c_.enter(owed_, waiting_.hits() == hits_, 0, now_);
    owed_ = 0;
    if (waiting_.hits() != hits_) span_ = kNoSpan;
    look_at_front();
  }
  return waiting_.hits() == hits_ && may_follow();
}

inline bool DramChannel::Trains::may_follow() const {
  return cycle_ <= last() && (!closed_ || room_ != owed_);
}

void DramChannel::Trains::look_at_front() {
  room_ = 0;
  if (c_.door_ != Door::full || others_.size() != 0) return;
  entering_ = c_.front_.entered ? c_.door_request_ : kNone;
  const std::uint64_t span = c_.front_.burst >> c_.span_shift_;
  if (span == span_ && c_.front_.left <= c_.in_span() && c_.requests_.front().write == c_.writing_) {
    room_ = c_.front_.left;
    return;
  }
  room_ = c_.front_without_effect();
  span_ = room_ >= c_.front_stride_ && room_ != 0 ? span : kNoSpan;
}

void DramChannel::Trains::observe() const {
  const bool two = second_ != BurstQueue::kNoHit;
  const std::uint32_t columns[] = {waiting_.hit(first_).column, two ? waiting_.hit(second_).column : 0};
  for (std::uint32_t i = 0; i < columns_; ++i)
    c_.observe(
        {cycle_ + i * burst_, c_.writing_ ? DramOp::WR : DramOp::RD, two && i % 2 != 0 ? second_ : first_}, 0,
        two ? columns[i % 2] + i / 2 : columns[0] + i);
}

// What all the columns change together.
void DramChannel::Trains::finish() {
  const Cycle end = cycle_ - burst_;
  c_.timer_.train_ended(op_, end);
  if ((c_.row_plan_.to_close & touched_) != 0) c_.row_plan_.known = false;
  c_.last_issue_ = end;
  c_.column_free_ = end + c_.clocks_of(op_);
  if (!c_.bus_.separate_columns) c_.row_free_ = c_.column_free_;
  c_.data_end_ = end + c_.data_clocks();
  c_.busy_until_ = std::max(c_.busy_until_, c_.data_end_);
  c_.wrote_last_ = c_.writing_;
  DramStatistics& sums = c_.statistics_;
  sums.data_cycles += total_ * burst_, sums.row_hits += total_;
  (c_.writing_ ? sums.wr : sums.rd) += total_;
  (c_.writing_ ? sums.write_bursts : sums.read_bursts) += total_;
  c_.update_drain();
  if (!c_.pending()) c_.empty_from_ = end;
  c_.enter(owed_, false, 0, now_);
}

}  // namespace nnp::sim
