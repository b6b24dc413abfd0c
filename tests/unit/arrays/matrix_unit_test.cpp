// SPDX-License-Identifier: Apache-2.0
// Rungs: register-level array against the fast matrix unit. A program of MATMULs runs on a small chip; the
// streams that the chip's records show are given to the register-level array as they are.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstring>

#include "isa/arch/matrix_shape.h"
#include "sim/units/matrix/matrix_unit.h"
#include "sim/units/matrix/registers/arrays.h"
#include "tests/support/small_program.h"
#include "tests/unit/arrays/random_passes.h"

namespace nnp {
namespace {

namespace field = isa::field;
using isa::Opcode;
using isa::Queue;
using sim::State;

constexpr sim::Dataflow kAll[] = {sim::Dataflow::weight_stationary, sim::Dataflow::output_stationary,
                                  sim::Dataflow::input_stationary, sim::Dataflow::adder_tree};

struct Observed {
  std::vector<sim::PassCycles> streams;  // loads are not recorded
  Cycle retired = 0;                     // of the last MATMUL, where its pipeline shows it
  std::vector<std::tuple<Cycle, Cycles, sim::State, sim::Cause>> records;
};

models::ChipSpec chip_of(const sim::ArrayDesign& design) {
  models::ChipSpec chip = test::plain_chip(design.rows, design.cols);
  chip.arch.array_kind = design.dataflow;
  chip.arch.weight_fifo_tiles = 64;
  chip.arch.buffer_word_bytes = 64;  // any load step in one access
  chip.array.shift_rows_per_cycle = design.shift_rows_per_cycle;
  chip.array.overlap = design.overlap;
  chip.array.tree_registers = design.tree_registers;
  chip.array.drain_phase = design.drain_phase;
  chip.array.ideal_fill = design.ideal_fill;
  return chip;
}

/// Runs one WLOAD and one MATMUL a pass, weights first, so that every tile is at hand in time.
Observed run_passes_on_chip(const sim::ArrayDesign& design, std::span<const sim::PassShape> tiles,
                            sim::Engine engine = sim::Engine::leap) {
  const models::ChipSpec chip = chip_of(design);
  compiler::StreamBuilder builder;
  for (const sim::PassShape& tile : tiles)
    builder.emit(Queue::weight, Opcode::wload,
                 {{field::w_dram, 0}, {field::w_k, tile.k}, {field::w_n, tile.n}});
  for (const sim::PassShape& tile : tiles)
    builder.emit(Queue::matrix, Opcode::matmul,
                 {{field::mx_a, 0},
                  {field::mx_acc, 0},
                  {field::mx_m, tile.m},
                  {field::mx_k, tile.k},
                  {field::mx_n, tile.n}},
                 {compiler::word_of(isa::word::a_stride, 64)}, tile.wide ? isa::kFlagA16 : std::uint8_t{0});
  const auto run = test::run_program(chip, builder, engine);
  Observed observed;
  for (const auto& record : run.of("matrix")) {
    observed.records.emplace_back(record.start, record.length, record.state.state, record.state.cause);
    if (record.state.state == State::busy)
      observed.streams.push_back({0, record.start, record.start + record.length});
    if (record.state.cause == sim::Cause::pipeline) observed.retired = record.start + record.length;
  }
  return observed;
}

/// Room for a pass that an instruction makes alone: of what streams, up to three weight tiles.
sim::PassShape most_of(const sim::ArrayDesign& design) {
  switch (design.dataflow) {
    case sim::Dataflow::output_stationary:
      return {design.rows, 3 * design.rows, design.cols};
    case sim::Dataflow::input_stationary:
      return {design.cols, design.rows, 3 * design.cols};
    default:
      return {24, design.rows, design.cols};
  }
}

class Passes : public testing::TestWithParam<std::tuple<sim::Dataflow, std::uint64_t>> {};

TEST_P(Passes, FollowEachOtherAndRetireInTheCyclesOfTheRegisterLevelArray) {
  const sim::Dataflow dataflow = std::get<0>(GetParam());
  std::uint64_t seed = std::get<1>(GetParam());
  if (const char* only = std::getenv("NNPSIM_SEED")) seed = std::strtoull(only, nullptr, 10);
  SCOPED_TRACE(fmt::format(
      "reproduce: NNPSIM_SEED={} test_matrix_unit_against_registers --gtest_filter='*Passes.*/{}'", seed,
      20 * (std::find(std::begin(kAll), std::end(kAll), dataflow) - kAll)));
  std::mt19937_64 random(seed);
  const auto between = [&](std::uint32_t least, std::uint32_t most) {
    return std::uniform_int_distribution<std::uint32_t>(least, most)(random);
  };
  sim::ArrayDesign design = test::random_design(random, dataflow);
  design.rows = std::max(design.rows, 2u), design.cols = std::max(design.cols, 2u);
  const sim::PassShape most = most_of(design);
  std::vector<sim::PassShape> tiles;
  for (std::uint32_t i = between(1, 7); i > 0; --i)
    tiles.push_back({between(1, most.m), between(1, most.k), between(1, most.n), between(0, 3) == 0});

  const auto timing = make_array_timing(design);
  // Every prefix of the program: the retirement of the last MATMUL of a program is plain to see.
  for (std::size_t count = 1; count <= tiles.size(); ++count) {
    const std::span<const sim::PassShape> used(tiles.data(), count);
    const Observed fast = run_passes_on_chip(design, used);
    ASSERT_EQ(fast.streams.size(), count);
    std::vector<sim::TimedPass> timed;
    std::vector<sim::PassValues> values;
    for (const sim::PassShape& tile : used) {
      // Activations are loaded once their buffer has been asked, a cycle after the pass before began.
      const bool asks = dataflow == sim::Dataflow::input_stationary && design.overlap;
      timed.push_back({tile, asks && !timed.empty() ? 1u : 0u, 0, {}, {}});
      values.push_back(test::random_pass(random, tile));
    }
    const Cycles load = timing->load(used[0]);
    (load > 0 ? timed[0].load_gap : timed[0].stream_gap) = fast.streams[0].start - load;
    const auto schedules = schedule(*timing, timed);
    const auto results = run_passes(*make_register_array(design), values, schedules);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(schedules[i].cycles().start, fast.streams[i].start) << "tile " << i << " of " << count;
      EXPECT_EQ(schedules[i].cycles().end, fast.streams[i].end) << "tile " << i << " of " << count;
      EXPECT_EQ(results[i].values, test::plain_product(values[i])) << "tile " << i << " of " << count;
    }
    // A MATMUL retires when the accumulators hold the last sum that the array could make, whether the pass
    // uses that place or not. It stands at the edge one cycle before. A pass that uses all places shows it.
    EXPECT_EQ(fast.retired, fast.streams.back().end + timing->depth()) << count << " tiles";
    const Cycle last_sum = *std::max_element(results.back().cycles.begin(), results.back().cycles.end());
    const sim::PassShape& last = used.back();
    if (last.m >= most.m && last.n >= most.n) {
      EXPECT_EQ(fast.retired, last_sum + 1) << count << " tiles";
    } else {
      EXPECT_GE(fast.retired, last_sum + 1) << count << " tiles";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Passes,
                         testing::Combine(testing::ValuesIn(kAll), testing::Range<std::uint64_t>(1, 21)));

// Fill, drain and loads take no time: the closed form is the sum of the streams. With and without overlap and
// drain phase, whatever the widths.
TEST(IdealFill, LeavesTheStreamsAloneOnEveryKindOfArray) {
  for (std::uint64_t seed = 1; seed <= 80; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    std::mt19937_64 random(seed);
    const auto between = [&](std::uint32_t least, std::uint32_t most) {
      return std::uniform_int_distribution<std::uint32_t>(least, most)(random);
    };
    sim::ArrayDesign design = test::random_design(random, kAll[seed % 4]);
    design.rows = std::max(design.rows, 2u), design.cols = std::max(design.cols, 2u);
    design.overlap = between(0, 1) == 1, design.ideal_fill = true;
    const sim::PassShape most = most_of(design);
    std::vector<sim::PassShape> tiles;
    for (std::uint32_t i = between(1, 7); i > 0; --i)
      tiles.push_back({between(1, most.m), between(1, most.k), between(1, most.n), between(0, 3) == 0});
    const auto steps = [&](const sim::PassShape& tile) -> Cycles {
      const Cycles vectors = design.dataflow == sim::Dataflow::output_stationary  ? tile.k
                             : design.dataflow == sim::Dataflow::input_stationary ? tile.n
                                                                                  : tile.m;
      return vectors * (tile.wide ? 2 : 1);
    };
    const Observed leap = run_passes_on_chip(design, tiles);
    ASSERT_EQ(leap.streams.size(), tiles.size());
    Cycle at = leap.streams.front().start;
    for (std::size_t i = 0; i < tiles.size(); ++i) {
      EXPECT_EQ(leap.streams[i].start, at) << "tile " << i;
      EXPECT_EQ(leap.streams[i].end, at += steps(tiles[i])) << "tile " << i;
    }
    EXPECT_EQ(leap.retired, 0u) << "the last one has no pipeline to wait for";
    EXPECT_EQ(run_passes_on_chip(design, tiles, sim::Engine::stepped).records, leap.records);
    const auto timing = make_array_timing(design);
    EXPECT_EQ(timing->load(tiles[0]) + timing->depth() + timing->drain(tiles[0]), 0u);
    EXPECT_EQ(timing->occupied(tiles[0]), steps(tiles[0]));
  }
}

/// The weights [k][n] as WLOAD's tiles lie in memory.
std::vector<std::int8_t> as_tiles(const sim::PassValues& pass, const isa::ArchSpec& arch) {
  const isa::WeightStrip strip(arch, pass.shape.k, pass.shape.n);
  std::vector<std::int8_t> bytes(strip.bytes());
  for (std::uint64_t k = 0; k < pass.shape.k; ++k)
    for (std::uint64_t n = 0; n < pass.shape.n; ++n) {
      const std::uint64_t tile =
          k / arch.array_rows * strip.n_tiles() + (strip.n_tiles() == 1 ? 0 : n / arch.array_cols);
      const std::uint64_t column = strip.n_tiles() == 1 ? n : n % arch.array_cols;
      bytes[strip.tile_offset(tile) + k % arch.array_rows * strip.row_stride(tile) + column] =
          pass.w[k * pass.shape.n + n];
    }
  return bytes;
}

TEST(MatrixUnit, ComputesTheSumsOfTheRegisterLevelArray) {
  for (std::uint64_t seed = 1; seed <= 80; ++seed) {
    std::mt19937_64 random(seed);
    const auto between = [&](std::uint32_t least, std::uint32_t most) {
      return std::uniform_int_distribution<std::uint32_t>(least, most)(random);
    };
    const sim::ArrayDesign design = test::random_design(random, kAll[seed % 4]);
    test::ArrayJob job = test::random_job(random, design);
    const auto results =
        run_passes(*make_register_array(design), job.values, schedule(*make_array_timing(design), job.timed));
    isa::ArchSpec arch = chip_of(design).arch;
    arch.weight_fetch = between(0, 1) == 0 ? isa::WeightFetch::padded : isa::WeightFetch::exact;
    sim::ChipState state(arch);
    state.device_memory.resize(4096);
    for (std::size_t pass = 0; pass < results.size(); ++pass) {
      const sim::PassValues& values = job.values[pass];
      const auto [m, k, n, wide] = values.shape;
      const bool is_signed = std::any_of(values.a.begin(), values.a.end(), [](auto a) { return a < 0; });
      sim::Job matmul;
      matmul.instruction.opcode = Opcode::matmul;
      matmul.instruction.flags = static_cast<std::uint8_t>((wide ? isa::kFlagA16 : 0) |
                                                           (is_signed && !wide ? isa::kFlagASigned : 0));
      matmul.instruction.set(field::mx_m, m);
      matmul.instruction.set(field::mx_k, k);
      matmul.instruction.set(field::mx_n, n);
      const std::size_t bytes = wide ? 2 : 1;
      matmul.descriptor[isa::word::a_stride] = static_cast<std::uint32_t>(k * bytes);
      for (std::size_t at = 0; at < values.a.size(); ++at)
        std::memcpy(state.buffer.at(at * bytes, bytes), &values.a[at], bytes);
      const std::vector<std::int8_t> weights = as_tiles(values, arch);
      std::memcpy(state.device_memory.at(0, weights.size()), weights.data(), weights.size());
      execute_matrix(matmul, {}, state);
      for (std::size_t i = 0; i < m; ++i)
        for (std::size_t j = 0; j < n; ++j)
          ASSERT_EQ(state.accumulator_rows(j / design.cols * m + i, 1)[j % design.cols],
                    results[pass].values[i * n + j])
              << "seed " << seed << ", pass " << pass << ", output " << i << ", " << j;
    }
  }
}

}  // namespace
}  // namespace nnp
