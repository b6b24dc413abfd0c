// SPDX-License-Identifier: Apache-2.0
#include "sim/units/buffers/slot_arbiter.h"

#include <algorithm>

namespace nnp::sim {
namespace {

bool overlap(Cycle from, Cycle until, Cycle other_from, Cycle other_until) {
  return from < other_until && other_from < until;
}

}  // namespace

void SlotArbiter::request(const StreamRequest& request, StreamGrant& grant) {
  NNP_ASSERT(request.sequences >= 1 && request.sequences <= std::min(3u, banks_), "{} sequences on {} banks",
             request.sequences, banks_);
  NNP_ASSERT(request.length >= 1, "unit {} asks for a stream without a word", request.unit_id);
  grant.clear();
  grant.requested = true;
  grant.wanted = request.earliest;
  pending_.push_back({request, &grant});
  domain_.commit_later(*this);
}

void SlotArbiter::reset() {
  taken_.clear();
  pending_.clear();
}

void SlotArbiter::commit(Cycle now) {
  std::erase_if(taken_, [now](const Reservation& reservation) { return reservation.until <= now + 1; });
  sort_few(pending_, [](const Pending& pending) { return pending.request.unit_id; });
  for (const Pending& pending : pending_) {
    NNP_ASSERT(pending.request.earliest > now, "unit {} asks in {} for cycle {}", pending.request.unit_id,
               now, pending.request.earliest);
    decide(pending);
  }
  pending_.clear();
}

inline SlotArbiter::Reservation SlotArbiter::sequence(const StreamRequest& request, const Lags& lags,
                                                      unsigned index, Cycle start) const {
  const Cycle from = start + lags[index];
  const auto phase = static_cast<std::uint32_t>(
      in_banks_.rest(Cycle{request.first_words[index]} + banks_ - in_banks_.rest(from)));
  return {phase, from, from + request.length, request.unit_id};
}

inline SlotArbiter::Sequences SlotArbiter::sequences(const StreamRequest& request, const Lags& lags,
                                                     Cycle start) const {
  Sequences all;
  for (unsigned i = 0; i < request.sequences; ++i) all[i] = sequence(request, lags, i, start);
  return all;
}

SlotArbiter::Lags SlotArbiter::lags(const StreamRequest& request) const {
  Lags lags{};
  for (unsigned i = request.sequences; i-- > 0;) {
    const auto meets_another = [&] {
      const Reservation mine = sequence(request, lags, i, 0);
      for (unsigned other = i + 1; other < request.sequences; ++other) {
        const Reservation theirs = sequence(request, lags, other, 0);
        if (mine.phase == theirs.phase && overlap(mine.from, mine.until, theirs.from, theirs.until))
          return true;
      }
      return false;
    };
    while (meets_another()) ++lags[i];
  }
  return lags;
}

inline const SlotArbiter::Reservation* SlotArbiter::obstacle(const Sequences& sequences,
                                                             unsigned count) const {
  const Reservation* worst = nullptr;
  for (const Reservation& other : taken_)
    for (unsigned i = 0; i < count; ++i) {
      const Reservation& mine = sequences[i];
      if (other.phase != mine.phase || !overlap(mine.from, mine.until, other.from, other.until)) continue;
      if (worst == nullptr || other.until > worst->until ||
          (other.until == worst->until && other.owner < worst->owner))
        worst = &other;
    }
  return worst;
}

Cycle SlotArbiter::first_free(const StreamRequest& request, const Lags& lags, Cycle start,
                              Cycle limit) const {
  // All starts in steps of `banks` have the same phases, so an obstacle stays one until it has ended, even
  // for the sequence that lags most.
  const Cycles lag = *std::max_element(lags.begin(), lags.end());
  while (start < limit) {
    const Reservation* in_the_way = obstacle(sequences(request, lags, start), request.sequences);
    if (in_the_way == nullptr) break;
    const Cycles wait = in_the_way->until > start + lag ? in_the_way->until - (start + lag) : 1;
    start += round_up<Cycles>(wait, banks_);
  }
  return start;
}

void SlotArbiter::decide(const Pending& pending) {
  const StreamRequest& request = pending.request;
  StreamGrant& grant = *pending.grant;
  const Cycle earliest =
      request.earliest + domain_.stalls().of(StallPlace::buffer, request.unit_id, request.earliest);
  if (!conflicts_) {
    grant.start = earliest, grant.end = earliest + request.length;
    return wake(request, earliest);
  }
  const Lags lag = request.sequences == 1 ? Lags{} : lags(request);
  Cycle start = earliest;
  Sequences all = sequences(request, lag, start);
  if (obstacle(all, request.sequences) != nullptr) {  // most find nothing in their way
    start = kNever;
    for (Cycle first = earliest; first < start && first < earliest + banks_; ++first)
      start = std::min(start, first_free(request, lag, first, start));
    grant.blocker = obstacle(sequences(request, lag, start - 1), request.sequences)->owner;
    all = sequences(request, lag, start);
  }
  grant.start = grant.end = start;
  for (unsigned i = 0; i < request.sequences; ++i) {
    taken_.push_back(all[i]);
    grant.end = std::max(grant.end, all[i].until);
  }
  wake(request, start);
}

void SlotArbiter::wake(const StreamRequest& request, Cycle start) {
  domain_.wake(*request.unit, start == request.earliest ? start + request.quiet : request.earliest);
}

}  // namespace nnp::sim
