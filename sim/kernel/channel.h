// SPDX-License-Identifier: Apache-2.0
// Bounded two-phase channel inside one clock domain: what is pushed in cycle n is seen from n + 1 on, and a
// place that is freed in cycle n can be used from n + 1 on. So the order in which units tick can never change
// a result.
#pragma once

#include <bit>
#include <cstddef>
#include <vector>

#include "sim/kernel/clock_domain.h"

namespace nnp::sim {

template <typename T>
class Channel : public Committable {
 public:
  Channel(ClockDomain& domain, std::size_t capacity)
      : domain_(domain), capacity_(capacity), ring_(std::bit_ceil(capacity)), mask_(ring_.size() - 1) {}
  /// Units to wake at n + 1 when something arrives, and when a place becomes free.
  void connect(Unit* sender, Unit* receiver) { sender_ = sender, receiver_ = receiver; }
  /// What arrives behind so many others need not wake the receiver, which looks again when it takes one.
  void wake_before(std::size_t others) { wake_before_ = others; }

  bool can_push(std::size_t count = 1) const { return tail_ - freed_ + count <= capacity_; }
  void push(const T& item) {
    NNP_ASSERT(can_push(), "push into a full channel");
    ring_[place(tail_++)] = item;
    domain_.commit_later(*this);
  }
  bool empty() const { return head_ == visible_; }
  std::size_t size() const { return visible_ - head_; }
  const T& front() const { return ring_[place(head_)]; }
  T pop() {
    NNP_ASSERT(!empty(), "pop from an empty channel");
    domain_.commit_later(*this);
    return ring_[place(head_++)];
  }

 private:
  void commit(Cycle now) override {
    if (visible_ != tail_ && visible_ - head_ < wake_before_ && receiver_ != nullptr)
      domain_.wake(*receiver_, now + 1);
    if (freed_ != head_ && sender_ != nullptr) domain_.wake(*sender_, now + 1);
    visible_ = tail_;
    freed_ = head_;
  }

  std::size_t place(std::size_t number) const { return number & mask_; }

  ClockDomain& domain_;
  std::size_t capacity_;
  std::vector<T> ring_;  // of a power of two
  std::size_t mask_;     // the same less one
  std::size_t head_ = 0, visible_ = 0, tail_ = 0, freed_ = 0;
  std::size_t wake_before_ = ~std::size_t{0};
  Unit* sender_ = nullptr;
  Unit* receiver_ = nullptr;
};

}  // namespace nnp::sim
