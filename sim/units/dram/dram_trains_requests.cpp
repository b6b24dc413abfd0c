// SPDX-License-Identifier: Apache-2.0
// A stream: requests one after the other, each with as many bursts in each of the same banks, of one row
// there. Its columns are known by request: the banks have their turns in order of age, and as one request
// leaves the queue, the one at the door has entered it.
#include <bit>

#include "sim/units/dram/dram_trains.h"

namespace nnp::sim {

// Whether the oldest request that waits has equal runs in some banks, which are its next columns, in order of
// age: bank by bank, or where a bank has every other place, two of different groups in turns and then the
// next two.
bool DramChannel::Trains::stream_starts() {
  if (owed_ != 0 || first_ != waiting_.first_hit()) return false;
  const Run& run = waiting_.hit(first_);
  if (op_ == RuleOp::RD && c_.reading_[run.request].bursts_left == run.bursts && in_turns_) return false;
  bank_count_ = 0;
  for (std::uint32_t bank = first_; bank != BurstQueue::kNoHit; bank = waiting_.next_hit(bank)) {
    if (waiting_.hit(bank).request != run.request) break;
    if (bank_count_ == kMostBanks || !fixed(bank) || !ready(bank, cycle_ + (bank_count_ == 0 ? 0 : burst_)))
      return false;
    if (in_turns_ && bank_count_ != 0 && c_.timer_.same_group(bank, banks_[bank_count_ - 1])) return false;
    banks_[bank_count_++] = bank;
  }
  return !in_turns_ || (bank_count_ % 2 == 0 && !c_.timer_.same_group(first_, banks_[bank_count_ - 1]));
}

// Whether the oldest request, all of which is there and of equal runs, can have its columns, and the next
// runs of its banks are the oldest then, in the same order.
bool DramChannel::Trains::stream_goes_on() {
  const Run& first = waiting_.hit(first_);
  each_ = first.bursts;
  const std::uint32_t bursts = each_ * bank_count_;
  const Cycle end = cycle_ + (bursts - 1) * burst_;
  if (end > limit_) return false;
  if (closed_ && (room_ != bursts || entering_ != kNone)) return false;
  if (op_ == RuleOp::RD && c_.reading_[first.request].bursts_left != bursts) return false;
  std::uint64_t age = 0;
  for (std::uint32_t i = 0; i < bank_count_; ++i) {
    const Run& run = waiting_.hit(banks_[i]);
    if (run.request != first.request || run.bursts != each_ || !waiting_.hit_goes_on(banks_[i])) return false;
    const std::uint64_t next = waiting_.behind_hit(banks_[i]).age;
    if (next < age) return false;
    age = next;
  }
  const std::uint32_t after = waiting_.next_hit(banks_[bank_count_ - 1]);
  if (after != BurstQueue::kNoHit && age >= waiting_.hit_age(after)) return false;
  return row_.cycle >= end || rows_pass();
}

// Whether rows may be opened and closed meanwhile: on a bus of their own, and for younger requests, which get
// no column before this one is done.
bool DramChannel::Trains::rows_pass() const {
  if (!c_.bus_.separate_columns) return false;
  const std::uint64_t age = waiting_.hit(banks_[bank_count_ - 1]).age;
  for (std::uint64_t left = waiting_.waiting() & ~waiting_.hits(); left != 0; left &= left - 1)
    if (waiting_.oldest(static_cast<std::uint32_t>(std::countr_zero(left))).age < age) return false;
  return true;
}

void DramChannel::Trains::take_request() {
  const std::uint32_t request = waiting_.hit(first_).request;
  observed_ = 0;
  const Cycle end = cycle_ + (each_ * bank_count_ - 1) * burst_;
  if (row_.cycle < end) {
    for (; row_.cycle < end; row_ = c_.next_row_command()) {
      observe_request(row_.cycle);
      c_.issue({row_.cycle, row_.op == RuleOp::ACT ? DramOp::ACT : DramOp::PRE, row_.bank});
    }
    hits_ = waiting_.hits(), to_close_ = c_.rows_to_close();
  }
  observe_request(end);
  for (std::uint32_t i = 0; i < bank_count_; ++i) waiting_.pop_run(banks_[i]);
  columns_ = each_ * bank_count_;
  total_ += columns_;
  cycle_ += columns_ * burst_;
  const Cycle last = cycle_ - burst_;
  if (op_ == RuleOp::RD) c_.finish_read(request, last + c_.read_clocks_);
  if (!closed_) return;
  c_.last_issue_ = last;
  c_.enter(columns_, true, now_);
  look_at_front();
}

// When the bank that is number i of the stream had its last column, its request's first having been in
// `begin`.
Cycle DramChannel::Trains::last_of(std::uint32_t i, Cycle begin) const {
  const std::uint32_t before = in_turns_ ? i / 2 * 2 * each_ : i * each_;
  return begin + (before + (in_turns_ ? 2 * each_ - 2 + i % 2 : each_ - 1)) * burst_;
}

void DramChannel::Trains::finish_stream() {
  const Cycle begin = cycle_ - columns_ * burst_;
  each_ = columns_ / bank_count_;
  for (std::uint32_t i = 0; i < bank_count_; ++i) {
    waiting_.set_hit_age(banks_[i]);
    touch(banks_[i]);
    c_.timer_.issued_in_train(op_, banks_[i], last_of(i, begin));
  }
}

// Its columns up to `last`.
void DramChannel::Trains::observe_request(Cycle last) {
  if (!c_.observer_) return;
  const DramOp op = c_.writing_ ? DramOp::WR : DramOp::RD;
  const std::uint32_t together = in_turns_ ? 2 : 1;  // banks that take turns
  for (std::uint32_t& i = observed_; i < each_ * bank_count_ && cycle_ + i * burst_ <= last; ++i) {
    const std::uint32_t bank = banks_[i / (together * each_) * together + i % together];
    c_.observe({cycle_ + i * burst_, op, bank}, 0,
               waiting_.hit(bank).column + i % (together * each_) / together);
  }
}

}  // namespace nnp::sim
