// SPDX-License-Identifier: Apache-2.0
// Closed accounting: for each unit and cycle exactly one state. A unit says its state when it changes;
// records go to one TraceSink.
#pragma once

#include <array>
#include <utility>

#include "sim/kernel/assert.h"
#include "sim/kernel/trace.h"

namespace nnp::sim {

/// The state of one unit over time. set() may be called once or more in a cycle; the last call of a cycle
/// counts from that cycle on.
class StateTrack {
 public:
  StateTrack(std::uint16_t unit, TraceSink* sink) : unit_(unit), sink_(sink) {}
  void set(Cycle now, const UnitState& state) {
    settle(now);
    if (state == current_) return;
    close(now);
    current_ = state;
  }
  /// The busy unit will be in `state` from cycle `at` on if no set() comes before: it need not tick for that.
  void foresee(Cycle at, const UnitState& state) {
    NNP_ASSERT(current_.state == State::busy && at > since_, "unit {} foresees a state for {}", unit_, at);
    next_at_ = at, next_ = state;
  }
  /// What was foreseen came before `now`, or comes no more. At the beginning of a tick that asks current().
  void settle(Cycle now) {
    if (next_at_ == kNever) return;
    const Cycle at = std::exchange(next_at_, kNever);
    if (at >= now) return;
    close(at);
    current_ = next_;
  }
  /// Publishes what was foreseen to come before `now`, the unit having ticked in no cycle since.
  void catch_up(Cycle now) {
    if (next_at_ < now) settle(now);
  }
  /// From this cycle on the unit is in another state than current(), unless it ticks before; kNever: it
  /// stays.
  Cycle foreseen() const { return next_at_; }
  const UnitState& at(Cycle cycle) const { return cycle >= next_at_ ? next_ : current_; }
  /// Something of another unit is seen in cycle `now`: if the present wait ends in this cycle, this ended it.
  /// Of several of one kind the last one counts.
  void released(Cycle now, Release::Kind kind, std::uint16_t by, std::uint32_t number) {
    releases_[static_cast<std::size_t>(kind)] = {now, by, number};
  }
  void finish(Cycle end) {
    settle(end);
    close(end);
  }
  void reset() {
    current_ = {}, since_ = 0, next_at_ = kNever;
    releases_.fill({});
  }
  std::uint16_t unit() const { return unit_; }
  const UnitState& current() const { return current_; }

 private:
  struct Seen {
    Cycle at = kNever;
    std::uint16_t by = kNoUnit;
    std::uint32_t number = kNoInstruction;
  };
  void close(Cycle now) {
    NNP_ASSERT(now >= since_, "unit {} sets a state at {} before {}", unit_, now, since_);
    if (now > since_ && sink_ != nullptr) publish(now);
    since_ = now;
  }
  void publish(Cycle now);
  Release release_of(Cycle now) const;

  std::uint16_t unit_;
  TraceSink* sink_;
  UnitState current_, next_;
  Cycle since_ = 0, next_at_ = kNever;
  std::array<Seen, static_cast<std::size_t>(Release::Kind::count)> releases_{};
};

}  // namespace nnp::sim
