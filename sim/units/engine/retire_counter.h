// SPDX-License-Identifier: Apache-2.0
// How many instructions have retired, seen one cycle later: what SYNC waits for.
#pragma once

#include "sim/kernel/clock_domain.h"
#include "sim/kernel/trace.h"

namespace nnp::sim {

/// Told of each retirement in its cycle, in any order of units.
class RetireObserver {
 public:
  virtual ~RetireObserver() = default;
  virtual void retired(std::uint32_t instruction) = 0;
};

class RetireCounter : public Committable {
 public:
  explicit RetireCounter(ClockDomain& domain) : domain_(domain) {}
  /// Wakes `watcher` after each retirement, until watch(nullptr).
  void watch(Unit* watcher) { watcher_ = watcher; }
  void observe(RetireObserver* observer) { observer_ = observer; }
  void add(std::uint16_t unit, std::uint32_t instruction) {
    if (observer_ != nullptr) observer_->retired(instruction);
    if (pending_++ == 0 || instruction > pending_last_.instruction) pending_last_ = {unit, instruction};
    domain_.commit_later(*this);
  }
  std::uint64_t visible() const { return visible_; }
  /// The latest retirement that is visible (of one cycle: the last in the program), and its cycle.
  struct Last {
    std::uint16_t unit = kNoUnit;
    std::uint32_t instruction = kNoInstruction;
    Cycle cycle = kNever;
  };
  const Last& last() const { return last_; }
  void reset() { visible_ = 0, pending_ = 0, last_ = {}; }

 private:
  void commit(Cycle now) override {
    visible_ += pending_;
    pending_ = 0;
    last_ = {pending_last_.unit, pending_last_.instruction, now};
    if (watcher_ != nullptr) domain_.wake(*watcher_, now + 1);
  }
  ClockDomain& domain_;
  Unit* watcher_ = nullptr;
  RetireObserver* observer_ = nullptr;
  std::uint64_t visible_ = 0, pending_ = 0;
  Last pending_last_, last_;
};

}  // namespace nnp::sim
