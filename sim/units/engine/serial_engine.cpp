// SPDX-License-Identifier: Apache-2.0
#include "sim/units/engine/serial_engine.h"

#include <algorithm>

namespace nnp::sim {

void SerialEngine::tick(Cycle now) {
  if (streaming_ != nullptr && now >= stream_end_) streaming_ = nullptr;
  retire_and_decode(now);
  // 1. The granted stream starts.
  if (grant_.granted() && now >= grant_.start) {
    stream_end_ = grant_.start + length_;
    streaming_ = &start_next(grant_.start);
    streaming_->end(stream_end_, latency_);
    grant_.clear();
    retire_and_decode(now);  // the place behind it is free
  }
  // 2. Ask for the next one, to start when this one ends.
  if (next_ready() && !grant_.requested && (streaming_ == nullptr || now + 1 >= stream_end_)) {
    StreamRequest request;
    request.unit = this;
    request.unit_id = id();
    request.earliest = now + 1;
    plan(*next_, request);
    request.length = std::max<Cycles>(request.length, 1);
    length_ = request.length;
    arbiter_.request(request, grant_);
  }
  // 3. State of this cycle.
  if (streaming_ != nullptr) {
    track_.set(now, state_of(State::busy, Cause::none, streaming_->job));
  } else if (next_ready()) {
    const bool conflict = grant_.granted() && now >= grant_.wanted;
    track_.set(now, conflict ? state_of(State::wait, Cause::bank_conflict, *next_, grant_.blocker)
                             : state_of(State::busy, Cause::none, *next_));  // the issue cycle
  } else {
    track_.set(now, resting_state());
  }
}

Cycle SerialEngine::next_event(Cycle now) const {
  Cycle next = next_own_event(now);
  if (streaming_ != nullptr) {
    if (stream_end_ - 1 > now) next = std::min(next, stream_end_ - 1);
    next = std::min(next, stream_end_);
  }
  if (grant_.requested) next = std::min(next, std::max(grant_.granted() ? grant_.start : now + 1, now + 1));
  return next;
}

}  // namespace nnp::sim
