// SPDX-License-Identifier: Apache-2.0
// Items by cycle, those of one cycle in the order in which they came: a ring of lists, one a cycle, for the
// cycles ahead, so that putting one in moves no other. What lies further ahead is kept in order aside.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "sim/kernel/unit.h"

namespace nnp::sim {

template <typename T>
class Calendar {
 public:
  bool empty() const { return near_ == 0 && far_.empty(); }
  /// The first item and its cycle; there is one.
  Cycle first() const { return near_ != 0 ? first_ : far_.front().cycle; }
  const T& front() const {
    return near_ != 0 ? nodes_[days_[first_ % kDays].first].value : far_.front().value;
  }

  /// `now` has come: the cycles of all further items are after it.
  void push(Cycle cycle, const T& value, Cycle now) {
    const Cycle end = (near_ != 0 ? std::min(now, first_) : now) + kDays;
    if (!far_.empty() && far_.front().cycle < end) bring_near(end);
    if (cycle < end) return put(cycle, value);
    const auto at = std::upper_bound(far_.begin(), far_.end(), cycle,
                                     [](Cycle before, const Far& other) { return before < other.cycle; });
    far_.insert(at, {cycle, value});
  }
  T pop() {
    if (near_ == 0) {
      T value = far_.front().value;
      far_.erase(far_.begin());
      return value;
    }
    Day& day = days_[first_ % kDays];
    const std::uint32_t index = day.first;
    Node& node = nodes_[index];
    day.first = node.next;
    node.next = free_, free_ = index;
    --near_;
    if (day.first == kNobody) {
      marks_[first_ % kDays / 64] &= ~(std::uint64_t{1} << first_ % 64);
      if (near_ != 0) first_ = next_marked(first_ + 1);
    }
    return node.value;
  }

 private:
  static constexpr std::uint32_t kDays = 1024, kNobody = 0xFFFFFFFFu;
  struct Node {
    T value;
    std::uint32_t next;
  };
  struct Day {
    std::uint32_t first = kNobody, last = kNobody;
  };
  struct Far {
    Cycle cycle;
    T value;
  };

  void put(Cycle cycle, const T& value) {
    std::uint32_t index = free_;
    if (index == kNobody)
      index = static_cast<std::uint32_t>(nodes_.size()), nodes_.push_back({value, kNobody});
    else
      free_ = nodes_[index].next, nodes_[index] = {value, kNobody};
    Day& day = days_[cycle % kDays];
    (day.first == kNobody ? day.first : nodes_[day.last].next) = index;
    day.last = index;
    marks_[cycle % kDays / 64] |= std::uint64_t{1} << cycle % 64;
    if (near_++ == 0 || cycle < first_) first_ = cycle;
  }
  /// Those before `end`, which came before all that may still come for their cycles.
  void bring_near(Cycle end) {
    std::size_t count = 0;
    for (; count < far_.size() && far_[count].cycle < end; ++count) put(far_[count].cycle, far_[count].value);
    far_.erase(far_.begin(), far_.begin() + static_cast<std::ptrdiff_t>(count));
  }
  /// The first cycle from this one on that has items; all of them are less than kDays apart.
  Cycle next_marked(Cycle from) const {
    std::uint64_t word = marks_[from % kDays / 64] >> from % 64;
    if (word != 0) return from + static_cast<Cycle>(std::countr_zero(word));
    do from = (from / 64 + 1) * 64;
    while ((word = marks_[from % kDays / 64]) == 0);
    return from + static_cast<Cycle>(std::countr_zero(word));
  }

  std::vector<Node> nodes_;
  std::uint32_t free_ = kNobody, near_ = 0;  // unused nodes; items in the ring
  Cycle first_ = 0;                          // of those in the ring, which are less than kDays apart
  std::vector<Day> days_ = std::vector<Day>(kDays);
  std::array<std::uint64_t, kDays / 64> marks_{};  // days that have items
  std::vector<Far> far_;
};

}  // namespace nnp::sim
