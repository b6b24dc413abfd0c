// SPDX-License-Identifier: Apache-2.0
// Rung: property. Random networks on random chips: no run is faster than its bounds, no layer moves fewer
// bytes than the least, and turns and gaps close exactly. A failure prints its seed; NNPSIM_SEED=n runs that
// case alone.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <numeric>

#include "compiler/codegen/codegen.h"
#include "compiler/tiling/sub_batch.h"
#include "host_runtime/bounds/network_bounds.h"
#include "tests/support/random_max_pool.h"
#include "tests/support/random_run.h"

namespace nnp {
namespace {

using bounds::Resource;

struct Case {
  test::NetworkCase made;
  device::RunStatistics run;
  bounds::NetworkBounds bounds;
  bounds::NetworkGap gap;
};

Case run_case(test::NetworkCase made) {
  sim::ChipOptions options;
  options.values = false;
  const auto device = sim::make_device(made.chip, options, sim::Host::plain);
  executor::Executor executor(*device, made.program, made.graph);
  device::RunStatistics run = executor.run(made.inputs, {.values = false}).statistics;
  bounds::NetworkBounds bounds = bounds::bounds_of(made.graph, made.program, made.chip);
  bounds::NetworkGap gap = bounds::gap_of(bounds, run, made.chip);
  return {std::move(made), std::move(run), std::move(bounds), std::move(gap)};
}

ir::Graph network(std::uint64_t seed) {
  switch (seed % 5) {
    case 0:
      return test::random_grouped_convolutions(seed);
    case 1:
      return test::random_products(seed);
    case 2:
      return test::random_recurrent_network(seed);
    case 3:
      return test::random_vector_network(seed);
    default:
      return test::random_network(seed);
  }
}

void expect_no_worker_beats_its_bound(const Case& c, std::size_t layer) {
  const device::LayerStatistics& account = c.run.layers[layer];
  const bounds::LayerWork& work = c.bounds.layers[layer].work;
  const auto busy = [&](device::Worker worker) {
    return static_cast<double>(account.busy[static_cast<std::size_t>(worker)]) + 1e-6;
  };
  const auto port = [&](device::Worker worker) { return work.port_cycles[static_cast<std::size_t>(worker)]; };
  EXPECT_GE(busy(device::Worker::matrix), work.array_cycles);
  EXPECT_GE(busy(device::Worker::matrix), port(device::Worker::matrix));
  EXPECT_GE(busy(device::Worker::vector), work.vector_cycles);
  EXPECT_GE(busy(device::Worker::vector), port(device::Worker::vector));
  EXPECT_GE(busy(device::Worker::drain), port(device::Worker::drain));
  EXPECT_GE(busy(device::Worker::load), port(device::Worker::load));
  EXPECT_GE(busy(device::Worker::store), port(device::Worker::store));
  EXPECT_GE(account.dram_read_bytes + account.dram_write_bytes, work.bytes());
}

/// What device memory moved for a layer in its turn took no more than the turn.
void expect_memory_within_its_turn(const Case& c, std::size_t layer) {
  const device::LayerStatistics& account = c.run.layers[layer];
  const double in_turn =
      static_cast<double>(account.dram_read_bytes + account.dram_write_bytes - account.turn.bytes_before) /
      bounds::memory_bytes_per_cycle(c.made.chip);
  EXPECT_LE(in_turn, static_cast<double>(account.turn.cycles) + 1);
}

void expect_gap_closes(const bounds::Gap& gap) {
  EXPECT_LE(gap.ahead, gap.bound);
  EXPECT_LE(gap.cycles, gap.count);
  EXPECT_EQ(gap.count + gap.ahead, gap.bound + gap.cycles);
  EXPECT_EQ(std::accumulate(gap.parts.begin(), gap.parts.end(), Cycles{0}), gap.cycles);
  EXPECT_EQ(gap.of(bounds::Cause::unexplained), 0u);
}

/// Where a batch goes in parts, work for a layer may be done in the turns that later ones have before it.
void expect_laws(const Case& c) {
  const bool in_parts = c.made.program.sub_batch != 0;
  Cycles turns = c.run.launch.cycles;
  bounds::LayerWork before;
  std::vector<bounds::LayerBounds> prefix;
  for (std::size_t layer = 0; layer < c.bounds.layers.size(); ++layer) {
    SCOPED_TRACE(fmt::format("layer {} ({})", layer, c.made.program.layers[layer].op));
    expect_gap_closes(c.gap.layers[layer]);
    prefix.push_back(c.bounds.layers[layer]);
    if (layer >= c.run.layers.size()) continue;
    expect_no_worker_beats_its_bound(c, layer);
    expect_memory_within_its_turn(c, layer);
    const device::TurnStatistics& turn = c.run.layers[layer].turn;
    Cycles cells = 0;
    for (const auto& row : turn.cells) cells = std::accumulate(row.begin(), row.end(), cells);
    EXPECT_EQ(cells, turn.cycles);
    turns += turn.cycles;
    // A turn ends when its layer and all before it are done.
    if (!in_parts) {
      EXPECT_GE(turns, bounds::sum_of(prefix, c.made.chip).cycles);
    }
  }
  EXPECT_EQ(turns, c.run.cycles);
  EXPECT_GE(c.run.cycles, c.bounds.cycles);
  SCOPED_TRACE("the run");
  EXPECT_EQ(c.gap.all.count, c.run.cycles);
  EXPECT_EQ(c.gap.all.ahead, 0u);
  expect_gap_closes(c.gap.all);
}

constexpr std::uint64_t kCases = 1100, kATest = 55;

class RandomNetworks : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomNetworks, TakeNoFewerCyclesAndBytesThanTheirBoundsAndTheirGapsClose) {
  std::uint64_t first = GetParam() * kATest, end = first + kATest;
  if (const char* only = std::getenv("NNPSIM_SEED"))
    first = std::strtoull(only, nullptr, 10), end = first + 1;
  for (std::uint64_t seed = first; seed < end; ++seed) {
    SCOPED_TRACE(fmt::format("reproduce: NNPSIM_SEED={} test_bounds --gtest_filter='Seeds/*/0'", seed));
    expect_laws(run_case(test::make_case(network(seed), test::random_chip(seed), seed)));
    if (testing::Test::HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomNetworks, testing::Range<std::uint64_t>(0, kCases / kATest));

TEST(RandomBatchesInParts, TakeNoFewerCyclesAndBytesThanTheirBoundsAndTheirGapsClose) {
  int runs = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const std::uint32_t part = 1 + seed % 2, batch = part * (2 + static_cast<std::uint32_t>(seed / 2) % 3);
    test::NetworkCase made =
        test::make_case(test::random_batched_network(seed, batch), test::random_chip(seed), seed);
    if (!compiler::fault_of_parts(made.graph, batch).empty()) continue;
    compiler::CodegenOptions options{made.chip.name, isa::Precision::int8, batch, {}};
    options.mapping.sub_batch = part;
    made.program = compiler::generate(made.graph, made.chip.arch, options);
    expect_laws(run_case(std::move(made)));
    if (testing::Test::HasFailure()) return;
    ++runs;
  }
  EXPECT_GT(runs, 120);
}

TEST(RandomMaxPools, WorkNoLessThanTheirBounds) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const Case c = run_case(test::make_case(test::random_max_pool(seed), test::random_wide_chip(seed), seed));
    for (std::size_t layer = 0; layer < c.run.layers.size(); ++layer)
      expect_no_worker_beats_its_bound(c, layer);
    EXPECT_GE(c.run.cycles, c.bounds.cycles);
    expect_gap_closes(c.gap.all);
    if (testing::Test::HasFailure()) return;
  }
}

/// A convolution whose input, output and sums fit, on a chip that keeps no value between layers.
test::NetworkCase roomy_convolution(std::uint64_t seed) {
  models::ChipSpec chip = test::random_chip(seed);
  chip.arch.residency = isa::Residency::layer;
  chip.arch.array_kind = isa::ArrayKind::weight_stationary;
  chip.arch.unified_buffer_bytes = Bytes{1} << 20;
  chip.arch.accumulator_rows = 2048;
  chip.arch.most_rows = 0;
  test::NetworkBuilder builder(seed);
  const std::int64_t channels = 8 * builder.pick(1, 3), size = builder.pick(4, 12);
  const auto x = builder.input({1, channels, size, size});
  builder.output(builder.conv(x, 8 * builder.pick(1, 3), builder.pick(0, 1) * 2 + 1, 1, builder.pick(0, 1)));
  return test::make_case(builder.take(), chip, seed);
}

TEST(RoomyConvolutions, MoveExactlyTheLeastBytes) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const Case c = run_case(roomy_convolution(seed));
    for (std::size_t layer = 0; layer < c.run.layers.size(); ++layer)
      if (c.made.program.layers[layer].op == "Conv") {
        const device::LayerStatistics& account = c.run.layers[layer];
        EXPECT_EQ(account.dram_read_bytes + account.dram_write_bytes, c.bounds.layers[layer].work.bytes());
      }
  }
}

// Bytes that a small buffer makes a layer fetch again are not in the bound, but in the gap.
TEST(CrampedConvolutions, HaveTheirRefetchesInTheGap) {
  Cycles refetch = 0;
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    models::ChipSpec chip = test::random_chip(seed);
    chip.arch.residency = isa::Residency::layer;
    chip.arch.unified_buffer_bytes = 2048;
    chip.memory.preset = "ideal", chip.memory.channels = 1, chip.memory.ideal_bandwidth_bytes_per_s = 3e8;
    test::NetworkBuilder builder(seed);
    const auto x = builder.input({1, 16, 16, 16});
    builder.output(builder.conv(x, 32, 3, 1, 1));
    const Case c = run_case(test::make_case(builder.take(), chip, seed));
    for (const bounds::Gap& gap : c.gap.layers) refetch += gap.of(bounds::Cause::refetch);
  }
  EXPECT_GT(refetch, 0u);
}

}  // namespace
}  // namespace nnp
