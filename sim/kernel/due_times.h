// SPDX-License-Identifier: Apache-2.0
// In which cycle each unit of a domain is due, and the first of these. Where units are many and most of them
// sleep, cycles near ahead have a set of units each, as bits, so that neither running a cycle nor finding the
// next one looks at those that sleep; what is due later is looked through only when it comes near.
#pragma once

#include <algorithm>
#include <bit>
#include <vector>

#include "isa/arch/units.h"
#include "sim/kernel/assert.h"

namespace nnp::sim {

class DueTimes {
 public:
  /// All units run in every cycle, or those that are due.
  explicit DueTimes(bool run_all = false) : run_all_(run_all) {}
  /// One more, due in cycle 0; before the first cycle.
  void add();
  /// Before cycle 0, in which all are due.
  void reset();
  /// In which some unit is due; kNever when none is.
  Cycle first() const { return first_; }

  /// Due in `cycle` at the latest. What has run already comes in the next.
  void note(std::size_t unit, Cycle cycle) {
    cycle = std::max(cycle, next_ + (unit < begun_));
    if (cycle >= due_[unit]) return;
    if (has_sets_) return set(unit, cycle);
    due_[unit] = cycle, first_ = std::min(first_, cycle);
  }

  /// Runs `cycle`, which was not run yet nor was a later one: calls f(unit) for each that is due in it or
  /// before, by number, among them those that become due meanwhile. f returns when the unit is due next.
  template <typename F>
  void run(Cycle cycle, F&& f) {
    NNP_ASSERT(cycle >= next_, "cycle {} after {}", cycle, next_ - 1);
    if (!has_sets_) {
      run_each(cycle, f);
    } else if (words_ == 1) {
      run_sets<true>(cycle, f);
    } else {
      run_sets<false>(cycle, f);
    }
    next_ = cycle + 1, begun_ = 0;
  }

 private:
  static constexpr Cycle kNear = 64;
  static constexpr std::size_t kFew = 4;  // units, among which looking at each costs less
  static std::uint64_t bit(std::uint64_t number) { return std::uint64_t{1} << number % 64; }
  std::size_t slot(Cycle cycle) const { return cycle % kNear * words_; }

  template <typename F>
  void run_each(Cycle cycle, F& f) {
    next_ = cycle;
    const Cycle due_by = run_all_ ? kNever : cycle;
    Cycle* const due = due_.data();
    const std::size_t count = due_.size();
    for (std::size_t unit = 0; unit < count; ++unit) {
      if (due[unit] > due_by) continue;
      due[unit] = kNever, begun_ = unit + 1;
      const Cycle next = f(unit);
      due[unit] = std::min(due[unit], std::max(next, cycle + 1));
    }
    first_ = kNever;
    for (std::size_t unit = 0; unit < count; ++unit) first_ = std::min(first_, due[unit]);
  }
  template <bool kOneWord, typename F>
  void run_sets(Cycle cycle, F& f) {
    if (first_ < cycle) bring_to(cycle);
    next_ = cycle;
    if (far_first_ - cycle < kNear) bring_near();
    const std::size_t words = kOneWord ? 1 : words_;
    const auto slot_of = [words](Cycle at) { return at % kNear * words; };
    Cycle* const due = due_.data();
    std::uint64_t* const near = near_.data();
    std::uint64_t* const units = near + slot_of(cycle);
    for (std::size_t word = 0; word < words; ++word)
      while (const std::uint64_t left = units[word]) {
        units[word] = left & (left - 1);
        const std::size_t unit = word * 64 + static_cast<std::size_t>(std::countr_zero(left));
        due[unit] = kNever, begun_ = unit + 1;
        const Cycle next = f(unit);
        if (next >= due[unit]) continue;
        if (due[unit] != kNever || next - cycle - 1 >= kNear - 1) {
          note(unit, next);
          continue;
        }
        due[unit] = next;
        near[slot_of(next) + word] |= bit(unit), occupied_ |= bit(next);
      }
    occupied_ &= ~bit(cycle);
    first_ = far_first_;
    if (occupied_ == 0) return;
    const std::uint64_t ahead = std::rotr(occupied_, static_cast<int>((cycle + 1) % kNear));
    first_ = std::min(first_, cycle + 1 + static_cast<Cycle>(std::countr_zero(ahead)));
  }
  void set(std::size_t unit, Cycle cycle);
  void take_out(std::size_t unit);
  void find_far_first();
  void bring_near();
  void bring_to(Cycle cycle);
  template <typename F>
  void for_each_far(F&& f) {
    for (std::size_t word = 0; word < words_; ++word)
      for (std::uint64_t left = far_[word]; left != 0; left &= left - 1)
        f(word * 64 + static_cast<std::size_t>(std::countr_zero(left)));
  }

  bool run_all_, has_sets_ = false;
  std::vector<Cycle> due_;           // by unit
  std::vector<std::uint64_t> near_;  // [cycle % kNear][words_]: units due in it, of the cycles from next_ on
  std::vector<std::uint64_t> far_;   // the others that are due
  std::size_t words_ = 0;            // of 64 units
  std::uint64_t occupied_ = 0;       // near cycles that have units
  std::size_t begun_ = 0;            // while a cycle runs: all units below have
  Cycle next_ = 0;                   // the first cycle that was not run, or that which runs
  Cycle first_ = kNever, far_first_ = kNever;
};

}  // namespace nnp::sim
