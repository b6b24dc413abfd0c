// SPDX-License-Identifier: Apache-2.0
#include "sim/kernel/clock_domain.h"

#include <algorithm>
#include <cmath>

namespace nnp::sim {

void ClockDomain::add(Unit& unit) {
  unit.index_ = units_.size();
  units_.push_back(&unit);
  due_.push_back(0);
  next_due_ = 0;
}

void ClockDomain::run_cycle(Cycle cycle) {
  if (before_each_) before_each_(cycle);
  now_ = cycle;
  const Cycle due_by = engine_ == Engine::leap ? cycle : kNever;
  Cycle* const due = due_.data();
  const std::size_t count = due_.size();
  Cycle next = kNever;  // beside what wake() notes in next_due_
  next_due_ = kNever;
  for (std::size_t i = 0; i < count; ++i) {
    if (due[i] <= due_by) {
      due[i] = kNever;
      Unit& unit = *units_[i];
      unit.tick(cycle);
      due[i] = std::min(due[i], unit.next_event(cycle));
      ++ticks_;
    }
    next = std::min(next, due[i]);
  }
  // A commit may wake units, never touch further channels in the same cycle.
  for (Committable* item : touched_) {
    item->pending_ = false;
    item->commit(cycle);
  }
  touched_.clear();
  next_due_ = std::min(next_due_, next);
  if (next_due_ > cycle) return;
  // A unit was woken for this cycle, and may have ticked since.
  next_due_ = kNever;
  for (std::size_t i = 0; i < count; ++i) next_due_ = std::min(next_due_, due[i]);
}

void ClockDomain::reset() {
  now_ = 0, ticks_ = 0;
  std::fill(due_.begin(), due_.end(), 0);
  next_due_ = due_.empty() ? kNever : 0;
}

Cycles ClockDomain::cycles_of(double seconds) const {
  return static_cast<Cycles>(std::ceil(seconds * 1e3 * static_cast<double>(frequency_khz_) - 1e-9));
}

}  // namespace nnp::sim
