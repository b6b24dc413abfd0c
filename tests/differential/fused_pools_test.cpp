// SPDX-License-Identifier: Apache-2.0
// A pool that is made behind its convolution: however the layer is cut the code is legal, nothing of the
// convolution's result goes to device memory, and the values are what the naive reference computes.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "compiler/mapping/candidates.h"
#include "tests/support/mapping_law.h"
#include "tests/support/naive_run.h"

namespace nnp {
namespace {

/// A convolution that keeps its picture's size, and a pool whose windows cover it.
ir::Graph pooled_network(std::uint64_t seed) {
  test::NetworkBuilder b(seed);
  const std::int64_t window = b.pick(2, 4), size = window * (b.pick(0, 3) == 0 ? 1 : b.pick(2, 4));
  const ir::ValueId x = b.input({b.pick(1, 3), b.pick(1, 20), size, size});
  const ir::ValueId y = b.conv(x, b.pick(1, 40), 3, 1, 1);
  b.output(b.pool(y, b.pick(0, 1) == 0 ? ir::Op::max_pool : ir::Op::average_pool, window,
                  size == window ? 1 : window, 0));  // a single window has whatever stride
  return b.take();
}

class FusedPools : public testing::TestWithParam<std::uint64_t> {};

TEST_P(FusedPools, AreLegalAndComputeWhatTheNaiveReferenceComputes) {
  const char* only = std::getenv("NNPSIM_SEED");
  const std::uint64_t seed = only == nullptr ? GetParam() : std::strtoull(only, nullptr, 10);
  SCOPED_TRACE(
      fmt::format("reproduce: NNPSIM_SEED={} test_fused_pools --gtest_filter='Seeds/FusedPools.*/0'", seed));
  std::mt19937_64 random(seed);
  models::ChipSpec chip = test::random_chip(seed);
  // A value may stay where not all of them fit.
  chip.arch.residency = seed % 3 == 0 ? isa::Residency::network : isa::Residency::layer;
  if (chip.arch.residency == isa::Residency::network) chip.arch.unified_buffer_bytes = 1024;
  auto made = test::make_case(pooled_network(seed), chip, seed);
  const isa::ArchSpec& arch = made.chip.arch;
  const ir::Graph& graph = made.graph;
  const compiler::MemoryPlan plan = compiler::place_values(graph, arch);
  if (plan.tails.empty()) GTEST_SKIP() << "a line of windows does not fit the buffer";
  const std::size_t maker = plan.tails[0].maker;
  const bool stays = plan.values[plan.tails[0].result].in_buffer;
  const auto problem = compiler::mac_problem(graph, graph.nodes[maker], plan, arch);
  compiler::CodegenOptions options{made.chip.name, isa::Precision::int8, 1, {}};
  if (const auto tiling = compiler::random_tiling(*problem, arch, random, 2000)) {
    options.mapping.mac[graph.nodes[maker].name] = *tiling;
    const auto broken = test::broken_mapping_rules(
        compiler::generate_layer(graph, maker, plan, arch, options), graph, graph.nodes[maker], plan, arch);
    EXPECT_TRUE(broken.empty()) << broken.front();
  }
  made.program = compiler::generate(graph, arch, options);
  const test::RecordedRun run = test::expect_ordered_and_naive(made);
  EXPECT_EQ(run.inference.statistics.layers[maker].dram_write_bytes, 0u);
  // Slices of channels go without the padding of their pixels.
  const compiler::Layout result = compiler::layout_of(graph.values[plan.tails[0].result], arch);
  const auto tiling = compiler::mac_tiling(*problem, graph.nodes[maker], options.mapping, arch);
  const Bytes pixel = tiling.slice_n < problem->shape.n
                          ? static_cast<Bytes>(result.channels) * result.element_bytes
                          : result.pixel_bytes;
  EXPECT_EQ(run.inference.statistics.layers[plan.tails[0].node].dram_write_bytes,
            stays ? 0 : static_cast<Bytes>(result.pixels) * pixel);
}

INSTANTIATE_TEST_SUITE_P(Seeds, FusedPools, testing::Range<std::uint64_t>(0, 150));

}  // namespace
}  // namespace nnp
