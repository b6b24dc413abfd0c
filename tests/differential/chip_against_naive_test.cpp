// SPDX-License-Identifier: Apache-2.0
// Rungs: differential (chip = naive, bit for bit) and engine equality (stepped = leap in every state record),
// on random small networks and conflict-rich chips. A failure prints the seed: NNPSIM_SEED=n runs it alone.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "compiler/passes/passes.h"
#include "host_runtime/compare/comparison.h"
#include "isa/program/happens_before.h"
#include "tests/support/random_real_network.h"
#include "tests/support/random_run.h"

namespace nnp {
namespace {

std::uint64_t seed_of(std::uint64_t parameter) {
  const char* only = std::getenv("NNPSIM_SEED");
  return only == nullptr ? parameter : std::strtoull(only, nullptr, 10);
}

std::string reproducer(const char* suite, std::uint64_t seed) {
  return fmt::format("reproduce: NNPSIM_SEED={} test_chip_against_naive --gtest_filter='Seeds/{}.*/0'", seed,
                     suite);
}

/// Values as the judges have them, one record whatever engine, host and order, nothing free.
void expect_all_agree(const test::NetworkCase& made, std::uint64_t seed) {
  const auto& [graph, chip, program, inputs] = made;
  ASSERT_TRUE(ir::verify(graph).empty()) << ir::verify(graph).front() << "\n" << ir::print(graph);
  for (const isa::Launch& launch : program.launches) {
    const auto races = isa::check_happens_before(program, launch, chip.arch);
    ASSERT_TRUE(races.empty()) << races.front().message;
  }
  const test::RecordedRun leap = recorded_run(made, {});
  const compare::ChipEvidence evidence{leap.inference.outputs, leap.inference.accumulators};
  const auto verdict = compare::compare_naive(graph, inputs, evidence);
  EXPECT_NE(verdict.status, compare::Status::failed) << verdict.reason << "\n" << ir::print(graph);
  if (program.precision == isa::Precision::fp32 || program.precision == isa::Precision::bf16) {
    const auto judged = compare::compare_onednn(graph, nullptr, inputs, evidence);
    EXPECT_EQ(judged.status, compare::Status::passed) << judged.reason << "\n" << ir::print(graph);
  }

  const test::RecordedRun stepped = recorded_run(made, {.engine = sim::Engine::stepped});
  EXPECT_EQ(leap.inference.statistics.cycles, stepped.inference.statistics.cycles);
  EXPECT_EQ(first_difference(leap, stepped), "") << "leap against stepped";
  EXPECT_EQ(first_difference(leap, recorded_run(made, {}, sim::Host::systemc)), "")
      << "plain loop against SystemC";
  EXPECT_EQ(first_difference(leap, recorded_run(made, {.shuffle = seed + 1})), "")
      << "units registered in another order";
  EXPECT_EQ(first_difference(leap, recorded_run(made, {.values = false})), "") << "timing only";

  std::uint64_t macs = 0;
  for (const ir::Node& node : graph.nodes) macs += node.on_host ? 0 : ir::macs(graph, node);
  EXPECT_EQ(leap.inference.statistics.array.useful_macs, macs);
  Bytes planned = 0, fetched = 0;
  for (const auto& layer : program.layers) planned += layer.weight_bytes;
  for (const auto& layer : leap.inference.statistics.layers) fetched += layer.weight_bytes;
  EXPECT_EQ(fetched, planned);
}

class RandomNetworks : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomNetworks, ComputeWhatTheNaiveReferenceComputesWhateverTheEngineHostAndOrder) {
  const std::uint64_t seed = seed_of(GetParam());
  SCOPED_TRACE(reproducer("RandomNetworks", seed));
  expect_all_agree(test::random_case(seed, test::random_chip(seed)), seed);
}

class RandomVectorNetworks : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomVectorNetworks, ComputeWhatTheNaiveReferenceComputesWhateverTheEngineHostAndOrder) {
  const std::uint64_t seed = seed_of(GetParam());
  SCOPED_TRACE(reproducer("RandomVectorNetworks", seed));
  expect_all_agree(test::make_case(test::random_vector_network(seed), test::random_chip(seed), seed), seed);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomVectorNetworks, testing::Range<std::uint64_t>(0, 200));
INSTANTIATE_TEST_SUITE_P(Seeds, RandomNetworks, testing::Range<std::uint64_t>(0, 120));

class RandomProducts : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomProducts, OfActivationsAreThoseOfTheNaiveReference) {
  const std::uint64_t seed = seed_of(GetParam());
  SCOPED_TRACE(reproducer("RandomProducts", seed));
  expect_all_agree(test::make_case(test::random_products(seed), test::random_chip(seed), seed), seed);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomProducts, testing::Range<std::uint64_t>(0, 24));

class RandomGroupedConvolutions : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomGroupedConvolutions, ComputeWhatTheNaiveReferenceComputesAndCountOnlyTheirOwnProducts) {
  const std::uint64_t seed = seed_of(GetParam());
  SCOPED_TRACE(reproducer("RandomGroupedConvolutions", seed));
  expect_all_agree(test::make_case(test::random_grouped_convolutions(seed), test::random_chip(seed), seed),
                   seed);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomGroupedConvolutions, testing::Range<std::uint64_t>(0, 60));

class RandomRealNetworks : public testing::TestWithParam<std::uint64_t> {};

/// Everything but Casts on the chip.
void expect_real_network_agrees(const ir::Graph& network, std::uint64_t seed, isa::Precision precision) {
  ir::Graph graph = compiler::lower_to_real(network, precision);
  compiler::partition(graph, precision);
  for (const ir::Node& node : graph.nodes) ASSERT_EQ(node.on_host, node.op == ir::Op::cast) << node.name;
  models::ChipSpec chip = test::random_chip(seed);
  if (chip.arch.array_kind == isa::ArrayKind::adder_tree)
    chip.arch.array_kind = static_cast<isa::ArrayKind>(seed % 3);
  chip.arch.precisions = {isa::Precision::fp32, isa::Precision::bf16};
  expect_all_agree(test::make_case(std::move(graph), std::move(chip), seed, precision), seed);
}

TEST_P(RandomRealNetworks, ComputeWhatTheNaiveReferenceComputesBitForBit) {
  const std::uint64_t seed = seed_of(GetParam());
  SCOPED_TRACE(reproducer("RandomRealNetworks", seed));
  expect_real_network_agrees(test::random_real_network(seed), seed,
                             seed / 5 % 2 == 0 ? isa::Precision::fp32 : isa::Precision::bf16);
}

class RandomRecurrentNetworks : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomRecurrentNetworks, OfCodesAreThoseOfTheNaiveReferenceAndOfOneDnn) {
  const std::uint64_t seed = seed_of(GetParam());
  SCOPED_TRACE(reproducer("RandomRecurrentNetworks", seed));
  const auto made = test::make_case(test::random_recurrent_network(seed), test::random_chip(seed), seed);
  expect_all_agree(made, seed);
  const auto run = recorded_run(made, {}).inference;
  const auto judged =
      compare::compare_onednn(made.graph, nullptr, made.inputs, {run.outputs, run.accumulators});
  EXPECT_EQ(judged.status, compare::Status::passed) << judged.reason;
}

TEST_P(RandomRecurrentNetworks, OfRealsAreThoseOfTheNaiveReferenceBitForBit) {
  const std::uint64_t seed = seed_of(GetParam());
  SCOPED_TRACE(reproducer("RandomRecurrentNetworks", seed));
  expect_real_network_agrees(test::random_real_recurrent_network(seed), seed,
                             seed % 2 == 0 ? isa::Precision::fp32 : isa::Precision::bf16);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomRecurrentNetworks, testing::Range<std::uint64_t>(0, 120));
INSTANTIATE_TEST_SUITE_P(Seeds, RandomRealNetworks, testing::Range<std::uint64_t>(0, 60));

}  // namespace
}  // namespace nnp
