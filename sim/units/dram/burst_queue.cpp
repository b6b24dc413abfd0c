// SPDX-License-Identifier: Apache-2.0
#include "sim/units/dram/burst_queue.h"

#include "sim/kernel/assert.h"

namespace nnp::sim {

void BurstQueue::reset() {
  size_ = free_ = 0, waiting_ = hits_ = 0;
  lists_.fill({});
  by_age_.fill({});
  for (const std::uint32_t ring : {kNoHit, kNoMiss}) by_age_[ring] = {0, ring, ring};
  for (std::uint32_t i = 0; i < depth_; ++i) runs_[i].next = i + 1 < depth_ ? i + 1 : kNone;
}

void BurstQueue::append(const DramLocation& at, std::uint32_t bursts, std::uint32_t request,
                        std::uint64_t age, std::uint32_t open_row) {
  NNP_ASSERT(bursts <= space(), "{} bursts into a queue with {} places", bursts, space());
  size_ += bursts;
  List& list = lists_[at.bank];
  const std::uint32_t index = take_free();
  const bool is_first = list.head == kNone;
  runs_[index] = {age, at.row, at.column, bursts, request, list.tail, kNone};
  (is_first ? list.head : runs_[list.tail].next) = index;
  list.tail = index;
  const bool is_hit = at.row == open_row;
  if (is_first) {
    waiting_ |= std::uint64_t{1} << at.bank;
    enter_ring(at.bank, is_hit ? index : kNone);
  } else if (is_hit && list.hit == kNone) {
    set_hit(at.bank, index);
  }
}

void BurstQueue::remove_last(std::uint32_t bank) {
  List& list = lists_[bank];
  const std::uint32_t index = list.hit;
  Run& run = runs_[index];
  (run.previous == kNone ? list.head : runs_[run.previous].next) = run.next;
  (run.next == kNone ? list.tail : runs_[run.next].previous) = run.previous;
  if (list.head != kNone) {
    set_hit(bank, find(run.next, run.row));  // everything before the oldest hit is of other rows
  } else {
    const std::uint64_t bit = std::uint64_t{1} << bank;
    leave_ring(by_age_[bank]);
    list.hit = kNone, hits_ &= ~bit, waiting_ &= ~bit;
  }
  run.next = free_;
  free_ = index;
}

bool BurstQueue::overlaps_run(const DramLocation& at, std::uint32_t bursts) const {
  for (std::uint32_t i = lists_[at.bank].head; i != kNone; i = runs_[i].next) {
    const Run& run = runs_[i];
    if (run.row == at.row && run.column < at.column + bursts && at.column < run.column + run.bursts)
      return true;
  }
  return false;
}

}  // namespace nnp::sim
