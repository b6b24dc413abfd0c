// SPDX-License-Identifier: Apache-2.0
#include "sim/kernel/clock_domain.h"

#include <cmath>

namespace nnp::sim {

void ClockDomain::add(Unit& unit) {
  unit.index_ = units_.size();
  units_.push_back(&unit);
  due_.add();
}

void ClockDomain::run_cycle(Cycle cycle) {
  if (before_each_) before_each_(cycle);
  now_ = cycle;
  due_.run(cycle, [this, cycle](std::size_t index) {
    Unit& unit = *units_[index];
    unit.tick(cycle);
    ++ticks_;
    return unit.next_event(cycle);
  });
  // A commit may wake units, never touch further channels in the same cycle.
  for (Committable* item : touched_) {
    item->pending_ = false;
    item->commit(cycle);
  }
  touched_.clear();
}

void ClockDomain::reset() {
  now_ = 0, ticks_ = 0;
  due_.reset();
}

Cycles ClockDomain::cycles_of(double seconds) const {
  return static_cast<Cycles>(std::ceil(seconds * 1e3 * static_cast<double>(frequency_khz_) - 1e-9));
}

}  // namespace nnp::sim
