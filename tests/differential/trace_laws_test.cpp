// SPDX-License-Identifier: Apache-2.0
// Rung: property. Every trace keeps the laws of traces/query/laws.h, and equal runs write equal bytes,
// whatever the engine and the order of units.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "compiler/codegen/codegen.h"
#include "compiler/compile_error.h"
#include "tests/support/random_network.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/traced_run.h"

namespace nnp {
namespace {

// Small runs in many chunks: whose record comes late falls into another.
constexpr traces::Batches kFine{64, 50};

class RandomTraces : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomTraces, KeepTheLawsAndAreTheSameBytesForEveryEngineAndOrderOfUnits) {
  std::uint64_t seed = GetParam();
  if (const char* only = std::getenv("NNPSIM_SEED")) seed = std::strtoull(only, nullptr, 10);
  SCOPED_TRACE(fmt::format("reproduce: NNPSIM_SEED={} test_trace_laws --gtest_filter='*/0'", seed));
  ir::Graph graph = test::random_network(seed);
  compiler::schedule(graph);
  models::ChipSpec chip = test::random_chip(seed);
  isa::Program program;
  while (program.instructions.empty()) try {
      program = compiler::generate(graph, chip.arch, {chip.name, isa::Precision::int8, 1});
    } catch (const compiler::CompileError&) {
      ASSERT_LT(chip.arch.unified_buffer_bytes, Bytes{1} << 22);
      chip.arch.unified_buffer_bytes *= 2;  // too small for this network
      if (chip.arch.accumulator_rows < 8) chip.arch.accumulator_rows = 8;
    }
  const test::TemporaryFolder folder;
  const auto run = [&](sim::Engine engine, std::uint64_t shuffle, const sim::StallOptions& stalls = {}) {
    sim::ChipOptions options;
    options.engine = engine, options.shuffle = shuffle, options.stalls = stalls;
    return test::traced_run(program, graph, chip, folder.path("trace.npt"), options, traces::TraceLevel::full,
                            kFine);
  };
  const test::TracedRun leap = run(sim::Engine::leap, 0);
  EXPECT_TRUE(leap.breaches.empty()) << leap.breaches.front();
  EXPECT_EQ(leap.path_cycles, leap.cycles);
  EXPECT_TRUE(leap.bytes == run(sim::Engine::stepped, 0).bytes) << "leap against stepped";
  EXPECT_TRUE(leap.bytes == run(sim::Engine::leap, seed + 1).bytes) << "units registered in another order";
  const sim::StallOptions stalls{seed, 200, 20};
  const test::TracedRun stalled = run(sim::Engine::leap, 0, stalls);
  EXPECT_TRUE(stalled.breaches.empty()) << "with stalls: " << stalled.breaches.front();
  EXPECT_EQ(stalled.path_cycles, stalled.cycles);
  EXPECT_TRUE(stalled.bytes == run(sim::Engine::stepped, seed + 1, stalls).bytes) << "with stalls";
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomTraces, testing::Range<std::uint64_t>(0, 60));

}  // namespace
}  // namespace nnp
