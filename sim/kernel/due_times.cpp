// SPDX-License-Identifier: Apache-2.0
#include "sim/kernel/due_times.h"

#include <utility>

namespace nnp::sim {

void DueTimes::add() {
  due_.push_back(kNever);
  words_ = (due_.size() + 63) / 64;
  has_sets_ = !run_all_ && due_.size() > kFew;
  reset();
}

void DueTimes::reset() {
  near_.assign(kNear * words_, 0), far_.assign(words_, 0);
  std::fill(due_.begin(), due_.end(), kNever);
  occupied_ = 0, begun_ = 0, next_ = 0, first_ = far_first_ = kNever;
  for (std::size_t unit = 0; unit < due_.size(); ++unit) note(unit, 0);
}

// Before it was due, if it was; `cycle` is not before next_.
void DueTimes::set(std::size_t unit, Cycle cycle) {
  if (due_[unit] != kNever) take_out(unit);
  due_[unit] = cycle;
  if (cycle - next_ < kNear)
    near_[slot(cycle) + unit / 64] |= bit(unit), occupied_ |= bit(cycle);
  else
    far_[unit / 64] |= bit(unit), far_first_ = std::min(far_first_, cycle);
  first_ = std::min(first_, cycle);
}

void DueTimes::take_out(std::size_t unit) {
  const Cycle cycle = std::exchange(due_[unit], kNever);
  const std::size_t word = unit / 64;
  if ((far_[word] & bit(unit)) != 0) {
    far_[word] &= ~bit(unit);
    if (cycle == far_first_) find_far_first();
    return;
  }
  std::uint64_t* const units = near_.data() + slot(cycle);
  units[word] &= ~bit(unit);
  if (std::all_of(units, units + words_, [](std::uint64_t others) { return others == 0; }))
    occupied_ &= ~bit(cycle);
}

void DueTimes::find_far_first() {
  far_first_ = kNever;
  for_each_far([&](std::size_t unit) { far_first_ = std::min(far_first_, due_[unit]); });
}

// Those whose cycles are near by now.
void DueTimes::bring_near() {
  for_each_far([&](std::size_t unit) {
    const Cycle cycle = due_[unit];
    if (cycle - next_ >= kNear) return;
    far_[unit / 64] &= ~bit(unit);
    near_[slot(cycle) + unit / 64] |= bit(unit), occupied_ |= bit(cycle);
  });
  find_far_first();
}

// Those that were due before `cycle` and have not run are due in it.
void DueTimes::bring_to(Cycle cycle) {
  std::vector<std::size_t> late;
  for (std::size_t unit = 0; unit < due_.size(); ++unit)
    if (due_[unit] < cycle) take_out(unit), late.push_back(unit);
  next_ = cycle;
  for (const std::size_t unit : late) set(unit, cycle);
}

}  // namespace nnp::sim
