// SPDX-License-Identifier: Apache-2.0
// From one clock domain to another: a message carries the time from which it may be seen, and is visible at
// the receiver's first edge strictly after it. Bounded by its users' credits.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "sim/kernel/calendar.h"
#include "sim/kernel/clock_domain.h"

namespace nnp::sim {

/// Who takes each message when it is pushed, so that it never lies in the bridge.
template <typename T>
class BridgeTaker {
 public:
  virtual void take(const T& item, Cycle ready) = 0;

 protected:
  ~BridgeTaker() = default;
};

template <typename T>
class Bridge {
 public:
  explicit Bridge(ClockDomain& receiver_domain) : domain_(receiver_domain) {}
  void connect(Unit* receiver) { receiver_ = receiver; }
  /// From now on; in place of the receiver.
  void give_to(BridgeTaker<T>* taker) { taker_ = taker; }

  /// `time` is not before the sender's present; messages may be posted with future times in any order. Equal
  /// times keep push order per sender, so senders sharing a bridge must not push equal times unless their
  /// messages commute.
  void push(const T& item, Picoseconds time) {
    const Cycle ready = domain_.first_edge_after(time);
    if (taker_ != nullptr) return taker_->take(item, ready);
    if (calendar_ != nullptr)
      calendar_->push(ready, item, domain_.now());
    else if (items_.empty() || items_.back().ready <= ready)
      items_.push_back({ready, item});
    else
      insert(item, ready);
    first_ = std::min(first_, ready);
    if (receiver_ != nullptr) domain_.wake(*receiver_, std::max(ready, rest_until_));
  }
  /// Said by the receiver: what becomes visible before `cycle` need not wake it before. kNever: it looks by
  /// itself.
  void rest_until(Cycle cycle) { rest_until_ = cycle; }
  bool ready(Cycle now) const { return first_ <= now; }
  /// When the message in front became visible, or will; kNever when there is none.
  Cycle first() const { return first_; }
  /// When the next message becomes visible; kNever when there is none. For next_event().
  Cycle next(Cycle now) const { return std::max(first_, now + 1); }
  /// When it is to be served: not while the receiver rests.
  Cycle next_wake(Cycle now) const { return std::max({first_, now + 1, rest_until_}); }
  const T& front() const { return calendar_ != nullptr ? calendar_->front() : items_[head_].value; }
  /// Message `i` from the front on, where it is visible and not in a calendar; else null.
  const T* at(std::size_t i, Cycle now) const {
    const bool is_there = calendar_ == nullptr && head_ + i < items_.size() && items_[head_ + i].ready <= now;
    return is_there ? &items_[head_ + i].value : nullptr;
  }
  bool in_calendar() const { return calendar_ != nullptr; }
  T pop() {
    if (calendar_ != nullptr) {
      T value = calendar_->pop();
      first_ = calendar_->empty() ? kNever : calendar_->first();
      return value;
    }
    T value = items_[head_++].value;
    if (head_ == items_.size()) {
      items_.clear(), head_ = 0, first_ = kNever;
      return value;
    }
    first_ = items_[head_].ready;
    if (head_ >= 64 && head_ * 2 >= items_.size())
      items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(head_)), head_ = 0;
    return value;
  }
  bool empty() const { return first_ == kNever; }

 private:
  struct Item {
    Cycle ready;
    T value;
  };
  /// In front of others. Where they are many, and so will be again, they go into a calendar.
  void insert(const T& item, Cycle ready) {
    const auto begin = items_.begin() + static_cast<std::ptrdiff_t>(head_);
    const auto at = std::upper_bound(begin, items_.end(), ready,
                                     [](Cycle cycle, const Item& other) { return cycle < other.ready; });
    if (items_.end() - at <= kFew) {
      items_.insert(at, {ready, item});
      return;
    }
    calendar_ = std::make_unique<Calendar<T>>();
    for (auto other = begin; other != items_.end(); ++other)
      calendar_->push(other->ready, other->value, domain_.now());
    calendar_->push(ready, item, domain_.now());
    items_ = {}, head_ = 0;
  }

  static constexpr std::ptrdiff_t kFew = 16;
  ClockDomain& domain_;
  Cycle first_ = kNever;     // of the message in front
  std::vector<Item> items_;  // in order, from head_ on
  std::size_t head_ = 0;
  std::unique_ptr<Calendar<T>> calendar_;  // in their place
  Unit* receiver_ = nullptr;
  BridgeTaker<T>* taker_ = nullptr;
  Cycle rest_until_ = 0;
};

}  // namespace nnp::sim
