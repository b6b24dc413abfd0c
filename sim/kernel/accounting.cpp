// SPDX-License-Identifier: Apache-2.0
#include "sim/kernel/accounting.h"

namespace nnp::sim {
namespace {

/// The kind of event that ends a wait of this cause; own where the unit's own timer does.
Release::Kind usual_release(const UnitState& state) {
  if (state.state == State::idle) return Release::Kind::dispatched;
  switch (state.cause) {
    case Cause::weight_stall:
      return Release::Kind::tile_arrived;
    case Cause::raw:
    case Cause::war:
    case Cause::sync:
      return Release::Kind::retired;
    case Cause::memory:
    case Cause::pcie:
    case Cause::fetch:
      return Release::Kind::transfer;
    case Cause::fifo_full:
      return Release::Kind::tile_taken;
    case Cause::queue_full:
      return Release::Kind::decoded;
    default:
      return Release::Kind::own;
  }
}

/// Waits for the unit's own timer, whatever else is seen in the cycle in which it ends.
bool ends_by_itself(Cause cause) {
  return cause == Cause::weight_shift || cause == Cause::bank_conflict || cause == Cause::issue ||
         cause == Cause::refresh;
}

}  // namespace

void StateTrack::publish(Cycle now) {
  StateRecord record{unit_, since_, now - since_, current_, {}};
  if (current_.state != State::busy && sink_->heeds_releases()) {
    record.ended_by = release_of(now);
    const Release::Kind kind = record.ended_by.kind;
    if (current_.state == State::wait && current_.resource == kNoUnit &&
        (kind == Release::Kind::own || kind == usual_release(current_)))
      record.state.resource = record.ended_by.unit;
  }
  sink_->state(record);
}

/// The usual one of the cause if it was seen in this cycle, else whatever was: a state may also change
/// because something else arrived that goes first.
Release StateTrack::release_of(Cycle now) const {
  const auto seen = [&](std::size_t kind) { return releases_[kind].at == now; };
  const auto as_release = [&](std::size_t kind) {
    return Release{static_cast<Release::Kind>(kind), releases_[kind].by, releases_[kind].number};
  };
  const auto usual = static_cast<std::size_t>(usual_release(current_));
  if (seen(usual)) return as_release(usual);
  if (current_.state == State::wait && ends_by_itself(current_.cause))
    return {Release::Kind::own, unit_, kNoInstruction};
  for (std::size_t kind = 1; kind < releases_.size(); ++kind)
    if (seen(kind)) return as_release(kind);
  return {Release::Kind::own, unit_, kNoInstruction};
}

}  // namespace nnp::sim
