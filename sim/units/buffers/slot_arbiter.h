// SPDX-License-Identifier: Apache-2.0
// The unified buffer's banks in time. A bank serves one access a cycle; a stream touches consecutive banks in consecutive
// cycles, so two streams collide in every cycle or never: only the phase (bank - cycle) mod banks matters. The arbiter
// gives each stream a free phase, in closed form, and the stream runs undisturbed to its end.
//
// Requests of one cycle are decided together at its end, by priority and then age, so the order of units cannot matter.
// Left out: word interleave is assumed conflict-free for strided streams too (a hashed bank index does that in hardware).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/kernel/accounting.h"
#include "sim/kernel/clock_domain.h"

namespace nnp::sim {

/// Where the decision is written: first cycle of the stream, known from the cycle after the request on.
struct StreamGrant {
  bool requested = false;
  Cycle start = kNever;
  std::uint16_t blocker = kNoUnit;  // unit that held a phase this stream wanted, if it was delayed
  Cycle wanted = 0;                 // the earliest start that was asked for
  bool granted() const { return start != kNever; }
  void clear() { *this = {}; }
};

struct StreamRequest {
  Unit* unit = nullptr;              // woken at the start
  std::uint16_t unit_id = kNoUnit;   // smaller ids have priority
  Cycle earliest = 0;
  Cycles length = 0;                 // cycles, one word of each of its banks' sequences a cycle
  std::array<std::uint32_t, 3> first_words{};  // word address of each parallel sequence
  unsigned sequences = 1;            // 1 to 3, run in lockstep
};

class SlotArbiter : public Committable {
 public:
  SlotArbiter(ClockDomain& domain, std::uint32_t banks) : domain_(domain), slots_(banks) {}
  /// `grant` must outlive the commit of this cycle.
  void request(const StreamRequest& request, StreamGrant& grant);
  void reset();
  std::uint32_t banks() const { return static_cast<std::uint32_t>(slots_.size()); }

 private:
  struct Slot {
    Cycle free_from = 0;
    std::uint16_t owner = kNoUnit;
  };
  struct Pending {
    StreamRequest request;
    StreamGrant* grant;
  };
  void commit(Cycle now) override;
  void decide(const Pending&);
  std::size_t phase(std::uint32_t word, Cycle cycle) const {
    return (word % slots_.size() + slots_.size() - cycle % slots_.size()) % slots_.size();
  }
  ClockDomain& domain_;
  std::vector<Slot> slots_;
  std::vector<Pending> pending_;
};

}  // namespace nnp::sim
