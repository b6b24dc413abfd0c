// SPDX-License-Identifier: Apache-2.0
#include "sim/kernel/clock_domain.h"

#include <algorithm>
#include <cmath>

namespace nnp::sim {

void ClockDomain::add(Unit& unit) {
  unit.index_ = units_.size();
  units_.push_back(&unit);
  due_.push_back(0);
}

Cycle ClockDomain::next_due() const { return due_.empty() ? kNever : *std::min_element(due_.begin(), due_.end()); }

void ClockDomain::run_cycle(Cycle cycle) {
  now_ = cycle;
  for (std::size_t i = 0; i < units_.size(); ++i) {
    if (engine_ == Engine::leap && due_[i] > cycle) continue;
    due_[i] = kNever;
    units_[i]->tick(cycle);
    due_[i] = std::min(due_[i], units_[i]->next_event(cycle));
    ++ticks_;
  }
  // A commit may wake units, never touch further channels in the same cycle.
  for (Committable* item : touched_) {
    item->pending_ = false;
    item->commit(cycle);
  }
  touched_.clear();
}

void ClockDomain::reset() {
  now_ = 0, ticks_ = 0;
  std::fill(due_.begin(), due_.end(), 0);
}

Cycle ClockDomain::first_edge_after(Picoseconds time) const {
  Cycle cycle = time / 1'000'000'000ull * frequency_khz_ + time % 1'000'000'000ull * frequency_khz_ / 1'000'000'000ull;
  while (edge(cycle) <= time) ++cycle;
  while (cycle > 0 && edge(cycle - 1) > time) --cycle;
  return cycle;
}

Cycles ClockDomain::cycles_of(double seconds) const {
  return static_cast<Cycles>(std::ceil(seconds * 1e3 * static_cast<double>(frequency_khz_) - 1e-9));
}

}  // namespace nnp::sim
