// SPDX-License-Identifier: Apache-2.0
#include "sim/units/buffers/slot_arbiter.h"

#include <algorithm>

namespace nnp::sim {

void SlotArbiter::request(const StreamRequest& request, StreamGrant& grant) {
  NNP_ASSERT(request.sequences >= 1 && request.sequences <= std::min<std::size_t>(3, slots_.size()), "{} sequences on {} banks",
             request.sequences, slots_.size());
  grant.clear();
  grant.requested = true;
  grant.wanted = request.earliest;
  pending_.push_back({request, &grant});
  domain_.commit_later(*this);
}

void SlotArbiter::reset() {
  std::fill(slots_.begin(), slots_.end(), Slot{});
  pending_.clear();
}

void SlotArbiter::commit(Cycle) {
  std::stable_sort(pending_.begin(), pending_.end(),
                   [](const Pending& a, const Pending& b) { return a.request.unit_id < b.request.unit_id; });
  for (const Pending& pending : pending_) decide(pending);
  pending_.clear();
}

void SlotArbiter::decide(const Pending& pending) {
  const StreamRequest& request = pending.request;
  Cycle start = request.earliest;
  std::uint16_t blocker = kNoUnit;
  while (true) {
    bool free = static_cast<std::size_t>(std::count_if(slots_.begin(), slots_.end(), [start](const Slot& slot) {
                  return slot.free_from <= start;
                })) >= request.sequences;
    for (unsigned i = 0; i < request.sequences; ++i) {
      const std::size_t mine = phase(request.first_words[i], start);
      if (slots_[mine].free_from > start) free = false, blocker = slots_[mine].owner;
    }
    if (free) break;
    ++start;
  }
  for (unsigned i = 0; i < request.sequences; ++i) {
    // Lockstep sequences that begin in the same phase are spread over neighbouring ones by their address generators.
    std::size_t mine = phase(request.first_words[i], start);
    while (slots_[mine].free_from > start) mine = (mine + 1) % slots_.size();
    slots_[mine] = {start + request.length, request.unit_id};
  }
  pending.grant->start = start;
  pending.grant->blocker = blocker;
  domain_.wake(*request.unit, start);
}

}  // namespace nnp::sim
