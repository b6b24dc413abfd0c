// SPDX-License-Identifier: Apache-2.0
// Rungs: differential (chip = naive, bit for bit) and engine equality (stepped = leap in every state record),
// on random small networks and conflict-rich chips. A failure prints the seed: NNPSIM_SEED=n runs it alone.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "host_runtime/compare/comparison.h"
#include "isa/program/happens_before.h"
#include "tests/support/random_run.h"

namespace nnp {
namespace {

class RandomNetworks : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomNetworks, ComputeWhatTheNaiveReferenceComputesWhateverTheEngineHostAndOrder) {
  std::uint64_t seed = GetParam();
  if (const char* only = std::getenv("NNPSIM_SEED")) seed = std::strtoull(only, nullptr, 10);
  SCOPED_TRACE(
      fmt::format("reproduce: NNPSIM_SEED={} {}", seed, "test_chip_against_naive --gtest_filter='*/0'"));
  const test::NetworkCase made = test::random_case(seed, test::random_chip(seed));
  const auto& [graph, chip, program, inputs] = made;
  ASSERT_TRUE(ir::verify(graph).empty()) << ir::verify(graph).front() << "\n" << ir::print(graph);
  for (const isa::Launch& launch : program.launches) {
    const auto races = isa::check_happens_before(program, launch, chip.arch);
    ASSERT_TRUE(races.empty()) << races.front().message;
  }
  const test::RecordedRun leap = recorded_run(made, {});
  const auto verdict =
      compare::compare_naive(graph, inputs, {leap.inference.outputs, leap.inference.accumulators});
  EXPECT_NE(verdict.status, compare::Status::failed) << verdict.reason << "\n" << ir::print(graph);

  const test::RecordedRun stepped = recorded_run(made, {.engine = sim::Engine::stepped});
  EXPECT_EQ(leap.inference.statistics.cycles, stepped.inference.statistics.cycles);
  EXPECT_EQ(first_difference(leap, stepped), "") << "leap against stepped";
  EXPECT_EQ(first_difference(leap, recorded_run(made, {}, sim::Host::systemc)), "")
      << "plain loop against SystemC";
  EXPECT_EQ(first_difference(leap, recorded_run(made, {.shuffle = seed + 1})), "")
      << "units registered in another order";
  EXPECT_EQ(first_difference(leap, recorded_run(made, {.values = false})), "") << "timing only";

  std::uint64_t macs = 0;
  for (const ir::Node& node : graph.nodes) macs += ir::macs(graph, node);
  EXPECT_EQ(leap.inference.statistics.array.useful_macs, macs);
  Bytes planned = 0, fetched = 0;
  for (const auto& layer : program.layers) planned += layer.weight_bytes;
  for (const auto& layer : leap.inference.statistics.layers) fetched += layer.weight_bytes;
  EXPECT_EQ(fetched, planned);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomNetworks, testing::Range<std::uint64_t>(0, 120));

}  // namespace
}  // namespace nnp
