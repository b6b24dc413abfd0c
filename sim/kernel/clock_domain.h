// SPDX-License-Identifier: Apache-2.0
// The units of one clock. A cycle: tick the units that are due, then commit the channels they touched.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "sim/kernel/assert.h"
#include "sim/kernel/due_times.h"
#include "sim/kernel/stalls.h"
#include "sim/kernel/unit.h"

namespace nnp::sim {

using Picoseconds = std::uint64_t;

/// leap sleeps through cycles in which nothing can happen; stepped ticks every unit in every cycle. Same
/// results.
enum class Engine : std::uint8_t { leap, stepped };

/// Sorts a few items in place, equal ones in the order in which they came: what units sent in one cycle.
template <typename T, typename Key>
void sort_few(std::vector<T>& items, Key key) {
  for (std::size_t i = 1; i < items.size(); ++i)
    for (std::size_t j = i; j > 0 && key(items[j]) < key(items[j - 1]); --j)
      std::swap(items[j], items[j - 1]);
}

/// A thing with two phases: takes effect at the end of the cycle in which it was touched.
class Committable {
 public:
  virtual ~Committable() = default;
  virtual void commit(Cycle now) = 0;

 private:
  friend class ClockDomain;
  bool pending_ = false;
};

class ClockDomain {
 public:
  ClockDomain(std::string name, std::uint64_t frequency_khz, Engine engine, const StallOptions& stalls = {})
      : name_(std::move(name)),
        frequency_khz_(frequency_khz),
        period_(kMillisecond % frequency_khz == 0 ? kMillisecond / frequency_khz : 0),
        engine_(engine),
        stalls_(stalls),
        due_(engine == Engine::stepped) {}

  void add(Unit&);
  /// The unit ticks at `cycle` at the latest (and may tick earlier).
  void wake(Unit& unit, Cycle cycle) { due_.note(unit.index_, cycle); }
  void commit_later(Committable& item) {
    if (!item.pending_) item.pending_ = true, touched_.push_back(&item);
  }

  /// First cycle not yet run in which some unit is due; kNever when all sleep. Foreground events only.
  Cycle next_due() const { return due_.first(); }
  /// Runs cycle `cycle`, which is after every cycle run before.
  void run_cycle(Cycle cycle);

  /// Called before each cycle that is run: by then all that leap puts off and others see is to be said.
  void before_each(std::function<void(Cycle)> call) { before_each_ = std::move(call); }

  /// Back to before cycle 0; every unit is due.
  void reset();

  // The last answers are kept: what is sent in one cycle arrives in one cycle.
  /// Time of an edge: floor(cycle / f), computed from the cycle, never by repeated addition.
  Picoseconds edge(Cycle cycle) const {
    if (cycle == asked_cycle_) return asked_edge_time_;
    asked_cycle_ = cycle;
    return asked_edge_time_ = period_ != 0 ? cycle * period_ : cycle * kMillisecond / frequency_khz_;
  }
  /// First cycle whose edge is strictly after `time`: floor(cycle / f) > time where cycle >= (time + 1) * f,
  /// in whole milliseconds and a rest so that no product leaves 64 bits.
  Cycle first_edge_after(Picoseconds time) const {
    if (time == asked_time_) return asked_edge_;
    asked_time_ = time;
    if (period_ != 0) return asked_edge_ = time / period_ + 1;
    const Picoseconds from = time + 1;
    asked_edge_ = from / kMillisecond * frequency_khz_ +
                  (from % kMillisecond * frequency_khz_ + kMillisecond - 1) / kMillisecond;
    return asked_edge_;
  }
  /// Cycles that cover a duration, rounded up.
  Cycles cycles_of(double seconds) const;

  Cycle now() const { return now_; }  // the last cycle run
  Engine engine() const { return engine_; }
  /// What is injected into this domain; in its cycles.
  const Stalls& stalls() const { return stalls_; }
  const std::string& name() const { return name_; }
  std::uint64_t frequency_khz() const { return frequency_khz_; }
  const std::vector<Unit*>& units() const { return units_; }
  std::uint64_t ticks() const { return ticks_; }

 private:
  std::string name_;
  static constexpr Picoseconds kMillisecond = 1'000'000'000;
  std::uint64_t frequency_khz_;
  Picoseconds period_;  // where it is a whole number, else 0
  Engine engine_;
  Stalls stalls_;
  std::vector<Unit*> units_;
  DueTimes due_;  // by Unit::index_
  std::vector<Committable*> touched_;
  std::function<void(Cycle)> before_each_;
  Cycle now_ = 0;
  std::uint64_t ticks_ = 0;
  mutable Cycle asked_cycle_ = 0;
  mutable Picoseconds asked_edge_time_ = 0;           // of asked_cycle_
  mutable Picoseconds asked_time_ = ~Picoseconds{0};  // after which there is no edge
  mutable Cycle asked_edge_ = kNever;                 // after asked_time_
};

}  // namespace nnp::sim
