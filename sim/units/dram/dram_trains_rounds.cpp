// SPDX-License-Identifier: Apache-2.0
// A stream: requests one after the other, each with as many bursts in each of the same banks, of one row
// there. Its columns are known round by round: the banks have their turns in order of age, each with a run,
// and what they leave in the queue is a round again, as requests from the door come behind.
#include <bit>

#include "sim/units/dram/dram_trains.h"

namespace nnp::sim {

// Whether the next columns are those of some banks in order of age, each the rest of a run: bank by bank, or
// where a bank has every other place, two of different groups in turns and then the next two.
bool DramChannel::Trains::stream_starts() {
  if (first_ != waiting_.first_hit() || !waiting_.hit_goes_on(first_)) return false;
  each_ = waiting_.hit(first_).bursts;
  const std::uint32_t next = waiting_.next_hit(first_);
  if (in_turns_ && (next == BurstQueue::kNoHit || waiting_.hit(next).bursts != each_)) return false;
  const std::uint64_t again = waiting_.behind_hit(first_).age;
  bank_count_ = 0;
  for (std::uint32_t bank = first_; bank != BurstQueue::kNoHit && waiting_.hit_age(bank) < again;
       bank = waiting_.next_hit(bank)) {
    if (bank_count_ == kMostBanks || waiting_.hit(bank).bursts != each_) return false;
    if (bank_count_ != 0 && !ready(bank, cycle_ + burst_)) return false;
    if (in_turns_ && bank_count_ != 0 && c_.timer_.same_group(bank, banks_[bank_count_ - 1])) return false;
    banks_[bank_count_++] = bank;
  }
  return !in_turns_ || (bank_count_ % 2 == 0 && !c_.timer_.same_group(first_, banks_[bank_count_ - 1]));
}

// Whether there is another round, and after it these banks have the oldest runs in the same order.
bool DramChannel::Trains::stream_goes_on() {
  each_ = waiting_.hit(first_).bursts;
  const std::uint32_t bursts = each_ * bank_count_;
  const Cycle end = cycle_ + (bursts - 1) * burst_;
  if (end > limit_) return false;
  std::uint64_t age = waiting_.hit(banks_[bank_count_ - 1]).age;
  for (std::uint32_t i = 0; i < bank_count_; ++i) {
    const std::uint32_t bank = banks_[i];
    if (waiting_.hit(bank).bursts != each_ || !fixed(bank) || !waiting_.hit_goes_on(bank)) return false;
    const std::uint64_t next = waiting_.behind_hit(bank).age;
    if (next < age) return false;
    age = next;
  }
  const std::uint32_t after = waiting_.next_hit(banks_[bank_count_ - 1]);
  if (after != BurstQueue::kNoHit && age >= waiting_.hit_age(after)) return false;
  if (closed_ && !door_gives(bursts)) return false;
  if (one_by_one_ && (c_.capped_ & c_.open_) != 0) return false;  // such banks may get hits again
  return (row_.cycle >= end && !one_by_one_) || rows_pass(age);
}

// Whether as many bursts are at the door. Where they do more than to make lists longer they enter one by one.
bool DramChannel::Trains::door_gives(std::uint32_t bursts) {
  one_by_one_ = room_ == 0;
  if (one_by_one_ && (c_.door_ != Door::full || others_.size() != 0 || c_.front_stride_ == 0)) return false;
  const MemoryRequest* second = c_.requests_.at(1, now_);
  if (one_by_one_ && c_.requests_.front().write != c_.writing_) return false;
  const std::uint32_t first = one_by_one_ ? c_.front_.left : room_ - owed_;
  if (first >= bursts) return true;
  if (second == nullptr || second->write != c_.writing_) return false;
  const std::uint64_t begin = second->address >> c_.burst_shift_,
                      last = (second->address + second->bytes - 1) >> c_.burst_shift_;
  const auto left = static_cast<std::uint32_t>(last - begin + 1);
  if (left < bursts - first) return false;
  const std::uint64_t span = begin >> c_.span_shift_;
  one_by_one_ =
      one_by_one_ || last >> c_.span_shift_ != span || (span != span_ && !c_.without_effect(begin, left));
  return true;
}

// Whether rows may be opened and closed meanwhile: on a bus of their own, and for bursts younger than `age`,
// those of the next round.
bool DramChannel::Trains::rows_pass(std::uint64_t age) const {
  if (!c_.bus_.separate_columns) return false;
  for (std::uint64_t left = waiting_.waiting() & ~waiting_.hits(); left != 0; left &= left - 1)
    if (waiting_.oldest(static_cast<std::uint32_t>(std::countr_zero(left))).age < age) return false;
  return true;
}

void DramChannel::Trains::take_round() {
  columns_ = each_ * bank_count_;
  observed_ = 0;
  const Cycle begin = cycle_, end = begin + (columns_ - 1) * burst_;
  if (c_.observer_)
    for (std::uint32_t i = 0; i < bank_count_; ++i) column_[i] = waiting_.hit(banks_[i]).column;
  if (!one_by_one_ && row_.cycle < end) rows_until(end);
  for (std::uint32_t i = 0; i < bank_count_; ++i) {
    const std::uint32_t request = waiting_.hit(banks_[i]).request;
    waiting_.pop_run(banks_[i]);
    if (op_ == RuleOp::RD && (c_.reading_[request].bursts_left -= each_) == 0)
      c_.finish_read(request, last_of(i, begin) + c_.read_clocks_);
  }
  total_ += columns_;
  if (one_by_one_)
    let_in_one_by_one();
  else if (closed_)
    let_in(columns_);
  observe_round(end);
  cycle_ = end + burst_;
}

void DramChannel::Trains::rows_until(Cycle end) {
  for (; row_.cycle < end; row_ = c_.next_row_command()) {
    observe_round(row_.cycle);
    c_.issue({row_.cycle, row_.op == RuleOp::ACT ? DramOp::ACT : DramOp::PRE, row_.bank});
  }
  hits_ = waiting_.hits(), to_close_ = c_.rows_to_close();
}

// A burst from the door after each column, and the rows that are opened and closed for it.
void DramChannel::Trains::let_in_one_by_one() {
  if (owed_ != 0) {
    c_.last_issue_ = cycle_ - burst_;
    c_.enter(owed_, false, columns_, now_);
    owed_ = 0;
  }
  c_.row_plan_.known = false;
  for (std::uint32_t left = columns_; left-- != 0;) {
    const Cycle cycle = cycle_ + (columns_ - 1 - left) * burst_;
    if (row_.cycle < cycle) rows_until(cycle);
    c_.last_issue_ = cycle;
    c_.enter(1, false, left, now_);
    row_ = c_.next_row_command();
  }
  hits_ = waiting_.hits(), to_close_ = c_.rows_to_close();
  span_ = kNoSpan;
  look_at_front();
}

// As many bursts from the door as columns from cycle_ on, each in the place of one.
void DramChannel::Trains::let_in(std::uint32_t columns) {
  Cycle cycle = cycle_;
  while (columns >= room_ - owed_) {
    columns -= room_ - owed_;
    cycle += (room_ - owed_) * burst_;
    c_.last_issue_ = cycle - burst_;
    c_.enter(room_, true, columns, now_);
    owed_ = 0;
    look_at_front();
    if (columns == 0) return;
  }
  owed_ += columns;
}

// When the bank that is number i of the stream had its last column, the round's first having been in
// `begin`.
Cycle DramChannel::Trains::last_of(std::uint32_t i, Cycle begin) const {
  const std::uint32_t before = in_turns_ ? i / 2 * 2 * each_ : i * each_;
  return begin + (before + (in_turns_ ? 2 * each_ - 2 + i % 2 : each_ - 1)) * burst_;
}

void DramChannel::Trains::finish_stream() {
  each_ = columns_ / bank_count_;
  const Cycle begin = cycle_ - columns_ * burst_;
  for (std::uint32_t i = 0; i < bank_count_; ++i) {
    waiting_.set_hit_age(banks_[i]);
    touch(banks_[i]);
    c_.timer_.issued_in_train(op_, banks_[i], last_of(i, begin));
  }
}

// Its columns up to `last`.
void DramChannel::Trains::observe_round(Cycle last) {
  if (!c_.observer_) return;
  const DramOp op = c_.writing_ ? DramOp::WR : DramOp::RD;
  const std::uint32_t together = in_turns_ ? 2 : 1;  // banks that take turns
  for (std::uint32_t& i = observed_; i < each_ * bank_count_ && cycle_ + i * burst_ <= last; ++i) {
    const std::uint32_t bank = banks_[i / (together * each_) * together + i % together];
    c_.observe({cycle_ + i * burst_, op, bank}, 0,
               column_[i / (together * each_) * together + i % together] + i % (together * each_) / together);
  }
}

}  // namespace nnp::sim
