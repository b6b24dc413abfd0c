// SPDX-License-Identifier: Apache-2.0
// Rung: differential. Random networks whose every layer draws its precision (int8, int8x16, bf16 or the
// host): chip = naive bit for bit, sums = oneDNN's, stepped = leap, no races. NNPSIM_SEED=n runs one seed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "compiler/compile.h"
#include "host_runtime/compare/comparison.h"
#include "host_runtime/reference/reference.h"
#include "isa/program/happens_before.h"
#include "tests/support/random_real_network.h"
#include "tests/support/random_run.h"

namespace nnp {
namespace {

std::uint64_t seed_of(std::uint64_t parameter) {
  const char* only = std::getenv("NNPSIM_SEED");
  return only == nullptr ? parameter : std::strtoull(only, nullptr, 10);
}

compiler::PrecisionTable random_table(const ir::Graph& graph, std::uint64_t seed) {
  std::mt19937_64 engine(seed ^ 0x9E37);
  const compiler::AskedPrecision choices[] = {isa::Precision::int8, isa::Precision::int8x16,
                                              isa::Precision::bf16, std::nullopt};
  compiler::PrecisionTable table;
  table.source = "drawn";
  for (const ir::Node& node : graph.nodes)
    if (engine() % 4 != 0) table.layers[node.name] = choices[engine() % (engine() % 3 == 0 ? 4 : 3)];
  return table;
}

class RandomMixedNetworks : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomMixedNetworks, ComputeWhatTheNaiveReferenceComputesBitForBit) {
  const std::uint64_t seed = seed_of(GetParam());
  SCOPED_TRACE(fmt::format(
      "reproduce: NNPSIM_SEED={} test_mixed_precision --gtest_filter='Seeds/RandomMixedNetworks.*/0'", seed));
  models::ChipSpec chip = test::random_chip(seed);
  if (chip.arch.array_kind == isa::ArrayKind::adder_tree)
    chip.arch.array_kind = static_cast<isa::ArrayKind>(seed % 3);
  chip.arch.precisions = {isa::Precision::int8, isa::Precision::int8x16, isa::Precision::bf16};

  const ir::Graph floats = test::random_real_network(seed);
  const isa::Precision otherwise = chip.arch.precisions[seed % 3];
  const auto plan =
      compiler::plan_precisions(random_table(floats, seed), floats, otherwise, chip.arch, chip.name);
  reference::Naive runner;
  ir::Graph graph =
      compiler::quantize(floats, {compiler::random_inputs(floats, seed)}, runner, plan.integers);
  compiler::lower_mixed(graph, plan);
  ASSERT_TRUE(ir::verify(graph).empty()) << ir::verify(graph).front() << "\n" << ir::print(graph);

  const test::NetworkCase made = test::make_case(std::move(graph), std::move(chip), seed, otherwise);
  for (const isa::Launch& launch : made.program.launches) {
    const auto races = isa::check_happens_before(made.program, launch, made.chip.arch);
    ASSERT_TRUE(races.empty()) << races.front().message;
  }
  const test::RecordedRun leap = recorded_run(made, {});
  const compare::ChipEvidence evidence{leap.inference.outputs, leap.inference.accumulators};
  const auto verdict = compare::compare_naive(made.graph, made.inputs, evidence);
  EXPECT_EQ(verdict.mismatches, 0u) << verdict.reason << "\n" << ir::print(made.graph);
  EXPECT_NE(verdict.status, compare::Status::failed) << verdict.reason << "\n" << ir::print(made.graph);
  const auto judged = compare::compare_onednn(made.graph, nullptr, made.inputs, evidence);
  EXPECT_NE(judged.status, compare::Status::failed) << judged.reason << "\n" << ir::print(made.graph);
  const test::RecordedRun stepped = recorded_run(made, {.engine = sim::Engine::stepped});
  EXPECT_EQ(leap.inference.statistics.cycles, stepped.inference.statistics.cycles);
  EXPECT_EQ(first_difference(leap, stepped), "") << "leap against stepped";
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomMixedNetworks, testing::Range<std::uint64_t>(0, 40));

}  // namespace
}  // namespace nnp
