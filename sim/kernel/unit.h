// SPDX-License-Identifier: Apache-2.0
// The two questions a hardware block answers: what do you do now, and when will you next do something.
#pragma once

#include <string>

#include "isa/arch/units.h"
#include "sim/kernel/trace.h"

namespace nnp::sim {

class Unit {
 public:
  explicit Unit(std::string name) : name_(std::move(name)) {}
  virtual ~Unit() = default;
  Unit(const Unit&) = delete;
  Unit& operator=(const Unit&) = delete;

  /// Everything the unit does in cycle `now` of its clock domain. Called when due (leap) or in every cycle
  /// (stepped): a call in a cycle in which nothing is due must change nothing.
  virtual void tick(Cycle now) = 0;

  /// Asked after tick(now): the first cycle after `now` in which the unit does something, or in which its
  /// state changes and it did not foresee that, if no message arrives; kNever if only a message can wake it.
  /// Background work (refresh) does not count: it is caught up later.
  virtual Cycle next_event(Cycle now) const = 0;

  /// What the unit waits for, for a deadlock report; empty when it has nothing to do.
  virtual std::string waiting_for() const { return {}; }
  /// The unit that could end this wait, and the layer it is for; nullptr and kNoLayer where unknown.
  virtual const Unit* waits_on() const { return nullptr; }
  virtual std::uint16_t waiting_layer() const { return kNoLayer; }

  const std::string& name() const { return name_; }

 private:
  friend class ClockDomain;
  std::string name_;
  std::size_t index_ = 0;  // in its domain
};

}  // namespace nnp::sim
