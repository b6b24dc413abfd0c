// SPDX-License-Identifier: Apache-2.0
// How many instructions have retired, seen one cycle later: what SYNC waits for.
#pragma once

#include "sim/kernel/clock_domain.h"

namespace nnp::sim {

class RetireCounter : public Committable {
 public:
  explicit RetireCounter(ClockDomain& domain) : domain_(domain) {}
  /// Wakes `watcher` after each retirement, until watch(nullptr).
  void watch(Unit* watcher) { watcher_ = watcher; }
  void add() {
    ++pending_;
    domain_.commit_later(*this);
  }
  std::uint64_t visible() const { return visible_; }
  void reset() { visible_ = 0, pending_ = 0; }

 private:
  void commit(Cycle now) override {
    visible_ += pending_;
    pending_ = 0;
    if (watcher_ != nullptr) domain_.wake(*watcher_, now + 1);
  }
  ClockDomain& domain_;
  Unit* watcher_ = nullptr;
  std::uint64_t visible_ = 0, pending_ = 0;
};

}  // namespace nnp::sim
