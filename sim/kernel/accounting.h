// SPDX-License-Identifier: Apache-2.0
// Closed accounting: for each unit and cycle exactly one state. A unit says its state when it changes; records go to one TraceSink.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "isa/arch/units.h"
#include "sim/kernel/assert.h"
#include "sim/kernel/causes.h"

namespace nnp::sim {

inline constexpr std::uint32_t kNoInstruction = 0xFFFFFFFFu;
inline constexpr std::uint16_t kNoUnit = 0xFFFFu, kNoLayer = 0xFFFFu;

/// What a unit is in during some cycles. `resource` is the unit waited for; `blocker` the instruction whose event ends the wait,
/// where the unit knows it.
struct UnitState {
  State state = State::idle;
  Cause cause = Cause::none;
  std::uint16_t resource = kNoUnit;
  std::uint16_t layer = kNoLayer;
  std::uint32_t instruction = kNoInstruction;
  std::uint32_t blocker = kNoInstruction;
  bool operator==(const UnitState&) const = default;
};

struct StateRecord {
  std::uint16_t unit;
  Cycle start;
  Cycles length;
  UnitState state;
};

class TraceSink {
 public:
  virtual ~TraceSink() = default;
  virtual void state(const StateRecord&) = 0;
};

/// The state of one unit over time. set() may be called once or more in a cycle; the last call of a cycle counts from that cycle on.
class StateTrack {
 public:
  StateTrack(std::uint16_t unit, TraceSink* sink) : unit_(unit), sink_(sink) {}
  void set(Cycle now, const UnitState& state) {
    if (state == current_) return;
    current_.blocker = blocker_;
    close(now);
    current_ = state;
    blocker_ = kNoInstruction;
  }
  /// What ended the wait that is still current; recorded when the next state is set.
  void end_wait(std::uint32_t blocker) {
    if (current_.state == State::wait) blocker_ = blocker;
  }
  void finish(Cycle end) { close(end); }
  void reset() { current_ = {}, since_ = 0, blocker_ = kNoInstruction; }
  std::uint16_t unit() const { return unit_; }
  const UnitState& current() const { return current_; }

 private:
  void close(Cycle now) {
    NNP_ASSERT(now >= since_, "unit {} sets a state at {} before {}", unit_, now, since_);
    if (now > since_ && sink_ != nullptr) sink_->state({unit_, since_, now - since_, current_});
    since_ = now;
  }
  std::uint16_t unit_;
  TraceSink* sink_;
  UnitState current_;
  Cycle since_ = 0;
  std::uint32_t blocker_ = kNoInstruction;
};

}  // namespace nnp::sim
