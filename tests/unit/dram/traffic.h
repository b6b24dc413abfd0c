// SPDX-License-Identifier: Apache-2.0
// Seeded random traffic: bursts of activity and idle gaps, sizes from one byte to several rows' worth, few
// rows so that they collide.
#pragma once

#include <random>

#include "tests/unit/dram/memory_rig.h"

namespace nnp::sim::test {

struct Traffic {
  std::uint32_t requests = 300;
  std::uint32_t max_bytes = 600;
  Bytes span = 1u << 20;       // addresses are in [0, span) ...
  std::uint32_t far_rows = 4;  // ... or that many of these steps further up: other rows of the same banks
  Bytes far_step = 512ull << 20;
  std::uint32_t write_percent = 40;
  Cycle gap = 40;           // mean gap between requests
  Cycle long_gap = 20'000;  // one in 50 is up to this
};

inline std::vector<Sent> random_traffic(std::uint64_t seed, const Traffic& traffic = {}) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint64_t limit) { return limit == 0 ? 0 : random() % limit; };
  std::vector<Sent> script;
  Cycle cycle = 0;
  Address next = 0;
  for (std::uint32_t i = 0; i < traffic.requests; ++i) {
    if (below(4) != 0) cycle += below(2 * traffic.gap);
    if (below(50) == 0) cycle += below(traffic.long_gap);
    const auto bytes = static_cast<std::uint32_t>(1 + below(traffic.max_bytes));
    const bool follows = below(3) == 0;  // some traffic is sequential
    const Address address = follows ? next : below(traffic.span) + below(traffic.far_rows) * traffic.far_step;
    next = address + bytes;
    script.push_back({cycle, {address, bytes, below(100) < traffic.write_percent, 0, i}});
  }
  return script;
}

}  // namespace nnp::sim::test
