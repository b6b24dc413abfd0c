// SPDX-License-Identifier: Apache-2.0
// From one clock domain to another: a message carries the time from which it may be seen, and is visible at
// the receiver's first edge strictly after it. Bounded by its users' credits.
#pragma once

#include <algorithm>
#include <vector>

#include "sim/kernel/clock_domain.h"

namespace nnp::sim {

template <typename T>
class Bridge {
 public:
  explicit Bridge(ClockDomain& receiver_domain) : domain_(receiver_domain) {}
  void connect(Unit* receiver) { receiver_ = receiver; }

  /// `time` is not before the sender's present; messages may be posted with future times in any order. Equal
  /// times keep push order per sender, so senders sharing a bridge must not push equal times unless their
  /// messages commute.
  void push(const T& item, Picoseconds time) {
    const Cycle ready = domain_.first_edge_after(time);
    if (empty() || items_.back().ready <= ready) {
      items_.push_back({ready, item});
    } else {
      auto at = std::upper_bound(items_.begin() + static_cast<std::ptrdiff_t>(head_), items_.end(), ready,
                                 [](Cycle cycle, const Item& other) { return cycle < other.ready; });
      items_.insert(at, {ready, item});
    }
    if (receiver_ != nullptr) domain_.wake(*receiver_, ready);
  }
  bool ready(Cycle now) const { return head_ != items_.size() && items_[head_].ready <= now; }
  /// When the next message becomes visible; kNever when there is none. For next_event().
  Cycle next(Cycle now) const {
    return head_ == items_.size() ? kNever : std::max(items_[head_].ready, now + 1);
  }
  const T& front() const { return items_[head_].value; }
  T pop() {
    T value = items_[head_++].value;
    if (head_ == items_.size()) {
      items_.clear(), head_ = 0;
    } else if (head_ >= 64 && head_ * 2 >= items_.size()) {
      items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(head_)), head_ = 0;
    }
    return value;
  }
  bool empty() const { return head_ == items_.size(); }

 private:
  struct Item {
    Cycle ready;
    T value;
  };
  ClockDomain& domain_;
  std::vector<Item> items_;
  std::size_t head_ = 0;
  Unit* receiver_ = nullptr;
};

}  // namespace nnp::sim
