// SPDX-License-Identifier: Apache-2.0
// Rung: unit. Edges are floor(n / f), and their inverse.
#include <gtest/gtest.h>

#include <random>

#include "sim/kernel/clock_domain.h"

namespace nnp::sim {
namespace {

TEST(ClockDomain, HasTheEdgesOfItsFrequencyWithoutDrift) {
  const ClockDomain tpu("core", 700'000, Engine::leap);
  EXPECT_EQ(tpu.edge(0), 0u);
  EXPECT_EQ(tpu.edge(1), 1428u);                         // 1 / 700 MHz = 1428.57 ps
  EXPECT_EQ(tpu.edge(7), 10'000u);                       // seven periods are ten nanoseconds
  EXPECT_EQ(tpu.edge(700'000'000), 1'000'000'000'000u);  // a second
}

TEST(ClockDomain, FindsTheFirstEdgeStrictlyAfterATime) {
  std::mt19937_64 engine(7);
  for (const std::uint64_t khz : {700'000ull, 1'066'666ull, 1'000'000ull, 800'000ull, 333'333ull}) {
    const ClockDomain domain("d", khz, Engine::leap);
    for (int i = 0; i < 1000; ++i) {
      const Picoseconds time = engine() % 3'000'000'000'000ull;
      const Cycle cycle = domain.first_edge_after(time);
      ASSERT_GT(domain.edge(cycle), time) << khz << " kHz";
      ASSERT_LE(domain.edge(cycle - 1), time) << khz << " kHz";
    }
  }
}

TEST(ClockDomain, CoversADurationWithWholeCycles) {
  const ClockDomain domain("d", 1'000'000, Engine::leap);
  EXPECT_EQ(domain.cycles_of(5e-9), 5u);
  EXPECT_EQ(domain.cycles_of(5.1e-9), 6u);
}

}  // namespace
}  // namespace nnp::sim
