// SPDX-License-Identifier: Apache-2.0
// The unified buffer's banks in time. A bank serves one access a cycle; a stream touches consecutive banks in
// consecutive cycles, so two streams collide in every cycle or never: only the phase (bank - cycle) mod banks
// matters. The arbiter gives each stream free phases, in closed form, and the stream runs undisturbed to its
// end.
//
// Arbitration: streams are placed in the cycle in which they ask, of one cycle the smaller unit id first, so
// the order of units cannot matter. A stream starts in the first cycle in which it finds all its phases free
// to its end; it is never moved afterwards. Sequences of one stream that begin in the same bank would stay in
// each other's way: the one named first (the destination, whose words leave a pipeline) lags a cycle or two.
// Left out: word interleave is assumed conflict-free for strided streams too (a hashed bank index does that
// in hardware).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/kernel/accounting.h"
#include "sim/kernel/clock_domain.h"
#include "sim/kernel/divisor.h"

namespace nnp::sim {

/// Where the decision is written: first cycle of the stream, known from the cycle after the request on.
struct StreamGrant {
  bool requested = false;
  Cycle start = kNever;
  Cycle end = kNever;               // the cycle after the last access, a lagging sequence's included
  std::uint16_t blocker = kNoUnit;  // if it was delayed: who held a wanted phase in the last cycle of the
                                    // wait; of several, who goes on longest
  Cycle wanted = 0;                 // the earliest start that was asked for
  bool granted() const { return start != kNever; }
  void clear() { *this = {}; }
};

struct StreamRequest {
  Unit* unit = nullptr;             // woken at the start, or at `earliest` if that is before the start
  std::uint16_t unit_id = kNoUnit;  // smaller ids have priority
  Cycle earliest = 0;               // after the cycle of the request
  Cycles length = 0;                // at least 1: cycles, one word of each of its sequences a cycle
  Cycles quiet = 0;  // of a stream that starts at `earliest`: cycles for which the unit need not be woken
  std::array<std::uint32_t, 3> first_words{};  // word address of each parallel sequence
  unsigned sequences = 1;                      // 1 to 3, run in lockstep
};

class SlotArbiter : public Committable {
 public:
  /// Without `conflicts` every stream starts when it asks to.
  SlotArbiter(ClockDomain& domain, std::uint32_t banks, bool conflicts = true)
      : domain_(domain), banks_(banks), in_banks_(banks), conflicts_(conflicts) {}
  /// `grant` must outlive the commit of this cycle.
  void request(const StreamRequest& request, StreamGrant& grant);
  void reset();
  std::uint32_t banks() const { return banks_; }

 private:
  struct Reservation {  // of one sequence
    std::uint32_t phase;
    Cycle from, until;
    std::uint16_t owner;
  };
  struct Pending {
    StreamRequest request;
    StreamGrant* grant;
  };
  using Lags = std::array<Cycles, 3>;  // cycles by which each sequence begins after the stream's start
  using Sequences = std::array<Reservation, 3>;

  void commit(Cycle now) override;
  void decide(const Pending&);
  void wake(const StreamRequest&, Cycle start);
  Lags lags(const StreamRequest&) const;
  Reservation sequence(const StreamRequest&, const Lags&, unsigned index, Cycle start) const;
  Sequences sequences(const StreamRequest&, const Lags&, Cycle start) const;
  /// Of what stands in the way of a stream's sequences: what ends last, then the smaller unit id. nullptr:
  /// nothing.
  const Reservation* obstacle(const Sequences&, unsigned count) const;
  /// The first start at or after `start`, in steps of `banks`, with nothing in the way; or some start not
  /// before `limit`.
  Cycle first_free(const StreamRequest&, const Lags&, Cycle start, Cycle limit) const;

  ClockDomain& domain_;
  std::uint32_t banks_;
  Divisor in_banks_;
  bool conflicts_;
  std::vector<Reservation> taken_;  // those that have not ended
  std::vector<Pending> pending_;
};

}  // namespace nnp::sim
