// SPDX-License-Identifier: Apache-2.0
// Rungs: register-level array against the fast matrix unit. A program of MATMULs runs on a small chip; the
// streams that the chip's records show are given to the register-level array as they are.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstring>

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

struct Observed {
  std::vector<sim::PassCycles> streams;  // loads are not recorded
  Cycle retired = 0;                     // of the last MATMUL
};

/// Runs one WLOAD and one MATMUL a tile, weights first, so that every tile is at hand in time.
Observed run_tiles(const sim::ArrayDesign& design, std::span<const sim::PassShape> tiles) {
  models::ChipSpec chip = test::plain_chip(design.rows, design.cols);
  chip.array.shift_rows_per_cycle = design.shift_rows_per_cycle;
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
  const auto run = test::run_program(chip, builder);
  Observed observed;
  for (const auto& record : run.of("matrix")) {
    if (record.state.state == State::busy)
      observed.streams.push_back({0, record.start, record.start + record.length});
    if (record.state.cause == sim::Cause::pipeline) observed.retired = record.start + record.length;
  }
  return observed;
}

class Tiles : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Tiles, StreamBackToBackAndRetireInTheCyclesOfTheRegisterLevelArray) {
  std::uint64_t seed = GetParam();
  if (const char* only = std::getenv("NNPSIM_SEED")) seed = std::strtoull(only, nullptr, 10);
  SCOPED_TRACE(fmt::format(
      "reproduce: NNPSIM_SEED={} test_matrix_unit_against_registers --gtest_filter='*Tiles*/0'", seed));
  std::mt19937_64 random(seed);
  const auto between = [&](std::uint32_t least, std::uint32_t most) {
    return std::uniform_int_distribution<std::uint32_t>(least, most)(random);
  };
  sim::ArrayDesign design;
  design.rows = between(2, 8), design.cols = between(2, 8);
  design.shift_rows_per_cycle = between(1, 4);
  std::vector<sim::PassShape> tiles;
  for (std::uint32_t i = between(1, 7); i > 0; --i)
    tiles.push_back({between(1, 24), between(1, design.rows), between(1, design.cols), between(0, 3) == 0});

  const auto timing = make_array_timing(design);
  // Every prefix of the program: the retirement of the last MATMUL of a program is plain to see.
  for (std::size_t count = 1; count <= tiles.size(); ++count) {
    const std::span<const sim::PassShape> used(tiles.data(), count);
    const Observed fast = run_tiles(design, used);
    ASSERT_EQ(fast.streams.size(), count);
    std::vector<sim::TimedPass> timed;
    std::vector<sim::PassValues> values;
    for (const sim::PassShape& tile : used) {
      timed.push_back({tile, 0, 0, {}, {}});
      values.push_back(test::random_pass(random, tile));
    }
    timed[0].load_gap = fast.streams[0].start - timing->load(used[0]);
    const auto schedules = schedule(*timing, timed);
    const auto results = run_passes(*make_register_array(design), values, schedules);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(schedules[i].cycles().start, fast.streams[i].start) << "tile " << i << " of " << count;
      EXPECT_EQ(schedules[i].cycles().end, fast.streams[i].end) << "tile " << i << " of " << count;
      EXPECT_EQ(results[i].values, test::plain_product(values[i])) << "tile " << i << " of " << count;
    }
    // A MATMUL retires when the accumulators hold the last sum that the array could make: the far corner's,
    // whether the tile uses that column or not. It stands at the edge one cycle before.
    const sim::PassShape& last = used.back();
    const Cycle corner = results.back().cycles.back() + (design.cols - last.n);
    EXPECT_EQ(fast.retired, corner + 1) << count << " tiles";
    EXPECT_EQ(fast.retired, fast.streams.back().end + timing->depth()) << count << " tiles";
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Tiles, testing::Range<std::uint64_t>(1, 21));

TEST(MatrixUnit, ComputesTheSumsOfTheRegisterLevelArray) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    std::mt19937_64 random(seed);
    const sim::ArrayDesign design = test::random_design(random, sim::Dataflow::weight_stationary);
    test::ArrayJob job = test::random_job(random, design);
    const auto results =
        run_passes(*make_register_array(design), job.values, schedule(*make_array_timing(design), job.timed));
    isa::ArchSpec arch = test::plain_chip(design.rows, design.cols).arch;
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
      std::memcpy(state.device_memory.at(0, values.w.size()), values.w.data(), values.w.size());
      execute_matrix(matmul, 0, state);
      for (std::size_t i = 0; i < m; ++i)
        for (std::size_t j = 0; j < n; ++j)
          ASSERT_EQ(state.accumulator_rows(i, 1)[j], results[pass].values[i * n + j])
              << "seed " << seed << ", pass " << pass << ", output " << i << ", " << j;
    }
  }
}

}  // namespace
}  // namespace nnp
