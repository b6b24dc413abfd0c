// SPDX-License-Identifier: Apache-2.0
// Injected stalls: seeded delays of what units wait for. They change cycles, never values, and so bring about
// meetings of units that a chip's own timing never has. For tests; off unless asked for.
#pragma once

#include "isa/arch/units.h"

namespace nnp::sim {

struct StallOptions {
  std::uint64_t seed = 0;
  std::uint32_t per_mille = 0;  // of the items at each place are stalled; 0: none
  Cycles most = 16;             // a stall lasts 1 to so many core cycles, each length as likely
};

/// Where a stall strikes. Each shows as the wait that a slow resource of this kind causes.
enum class StallPlace : std::uint8_t {
  buffer,      // a stream starts later: its unit waits for bank_conflict
  retirement,  // results are usable, and tokens signalled, later: pipeline, and raw or war in the takers
  memory,      // a request reaches its channel later: memory, weight_stall, fetch
  link         // the link takes a request later, and those behind it: pcie, fetch
};

/// How long item number `item` of `unit` is stalled at a place: a pure function of these and the seed, never
/// of who asked how often, so both engines and every order of units see the same stalls.
class Stalls {
 public:
  Stalls() = default;
  explicit Stalls(const StallOptions& options) : options_(options) {}

  Cycles of(StallPlace place, std::uint64_t unit, std::uint64_t item) const {
    if (options_.per_mille == 0 || options_.most == 0) return 0;
    const std::uint64_t draw =
        mixed(mixed(mixed(options_.seed) ^ (unit << 8 | static_cast<std::uint64_t>(place))) ^ item);
    if (draw % 1000 >= options_.per_mille) return 0;
    return 1 + draw / 1000 % options_.most;
  }

 private:
  /// The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
  static constexpr std::uint64_t mixed(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
  }
  StallOptions options_;
};

}  // namespace nnp::sim
