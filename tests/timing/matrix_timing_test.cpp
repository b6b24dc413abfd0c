// SPDX-License-Identifier: Apache-2.0
// Rung: timing formula. A strip of K tiles on an R x C weight-stationary array or an adder tree: each tile
// shifts for R / s cycles and streams for m.
#include <gtest/gtest.h>

#include "tests/support/small_program.h"

namespace nnp {
namespace {

namespace field = isa::field;
using isa::Opcode;
using isa::Queue;
using sim::Cause;
using sim::State;

struct Case {
  std::uint32_t rows, cols;
  std::int64_t m, k, n;
  bool overlap, a16;
  std::uint32_t tree_registers = 0;  // 0: weight stationary
  std::uint32_t shift_rows = 1;

  Cycles depth() const { return tree_registers != 0 ? tree_registers : Cycles{rows} + cols - 1; }
};

test::SmallRun run_strip(const Case& c, sim::Engine engine = sim::Engine::leap) {
  models::ChipSpec chip = test::plain_chip(c.rows, c.cols);
  chip.array.overlap = c.overlap;
  chip.array.shift_rows_per_cycle = c.shift_rows;
  if (c.tree_registers != 0) {
    chip.arch.array_kind = isa::ArrayKind::adder_tree;
    chip.array.tree_registers = c.tree_registers;
  }
  compiler::StreamBuilder builder;
  builder.emit(Queue::weight, Opcode::wload, {{field::w_dram, 0}, {field::w_k, c.k}, {field::w_n, c.n}});
  builder.emit(
      Queue::matrix, Opcode::matmul,
      {{field::mx_a, 0}, {field::mx_acc, 0}, {field::mx_m, c.m}, {field::mx_k, c.k}, {field::mx_n, c.n}},
      {compiler::word_of(isa::word::a_stride, 64)}, c.a16 ? isa::kFlagA16 : std::uint8_t{0});
  return test::run_program(chip, builder, engine);
}

class Strip : public testing::TestWithParam<Case> {};

TEST_P(Strip, KeepsTheArrayBusyForMCyclesATileAndShowsTheShiftsThatNothingHides) {
  const Case& c = GetParam();
  const Cycles tiles = ceil_div<Cycles>(static_cast<Cycles>(c.k), c.rows),
               stream = static_cast<Cycles>(c.m) * (c.a16 ? 2 : 1), shift = ceil_div(c.rows, c.shift_rows);
  for (const sim::Engine engine : {sim::Engine::leap, sim::Engine::stepped}) {
    const auto run = run_strip(c, engine);
    EXPECT_EQ(run.sum("matrix", State::busy), tiles * stream);
    // The first shift is always seen. Of each later one: all of it without overlap; else what is longer than
    // the stream before it.
    const Cycles exposed = c.overlap ? (shift > stream ? shift - stream : 0) : shift;
    EXPECT_EQ(run.sum("matrix", State::wait, Cause::weight_shift), shift + (tiles - 1) * exposed);
    // The last row's sums are in the accumulators `depth` cycles after it entered. Without overlap a tile
    // shifts when the array has computed for the last time: a cycle before that.
    EXPECT_EQ(run.sum("matrix", State::wait, Cause::pipeline),
              c.depth() + (c.overlap ? 0 : (tiles - 1) * (c.depth() - 1)));
    EXPECT_EQ(run.statistics.array.useful_macs, static_cast<std::uint64_t>(c.m * c.k * c.n));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, Strip,
    testing::Values(Case{8, 8, 20, 8, 8, true, false}, Case{8, 8, 20, 40, 8, true, false},
                    Case{8, 8, 3, 40, 5, true, false}, Case{8, 4, 20, 37, 4, false, false},
                    Case{4, 8, 1, 12, 8, true, false}, Case{16, 16, 16, 64, 16, true, false},
                    Case{8, 8, 10, 24, 8, true, true}, Case{8, 8, 2, 24, 8, true, true},
                    Case{8, 8, 5, 24, 8, false, true}, Case{8, 8, 20, 40, 8, true, false, 1},
                    Case{8, 4, 3, 37, 4, true, false, 7, 4}, Case{16, 8, 6, 40, 8, false, false, 5, 3}));

TEST(Matrix, CountsEveryCycleInWhichItHoldsSomethingOnce) {
  // Without overlap a fold of the whole array takes SCALE-Sim's 2R + C + m - 2 cycles, load included; with
  // overlap a tile adds the longer of its shift and its stream to what fill and drain take once.
  const std::uint32_t R = 8, C = 4, m = 20, tiles = 5;
  const auto apart = run_strip({R, C, m, R * tiles, C, false, false});
  ASSERT_FALSE(apart.statistics.layers.empty());
  EXPECT_EQ(apart.statistics.layers[0].array_occupied, tiles * (2 * R + C + m - 2));
  const auto together = run_strip({R, C, m, R * tiles, C, true, false});
  EXPECT_EQ(together.statistics.layers[0].array_occupied, R + tiles * m + R + C - 2);
}

/// The fault of a MATMUL of m x 8 times 8 x n on 8 x 4 PEs.
std::string fault_of(isa::ArrayKind kind, std::int64_t m, std::int64_t n) {
  models::ChipSpec chip = test::plain_chip(8, 4);
  chip.arch.array_kind = kind;
  compiler::StreamBuilder builder;
  builder.emit(Queue::weight, Opcode::wload, {{field::w_dram, 0}, {field::w_k, 8}, {field::w_n, n}});
  builder.emit(Queue::matrix, Opcode::matmul,
               {{field::mx_a, 0}, {field::mx_acc, 0}, {field::mx_m, m}, {field::mx_k, 8}, {field::mx_n, n}},
               {compiler::word_of(isa::word::a_stride, 64)});
  try {
    test::run_timing(chip, builder);
  } catch (const sim::AddressError& error) {
    return error.what();
  }
  return {};
}

TEST(Matrix, RefusesAnInstructionThatItHasNoPesFor) {
  using Kind = isa::ArrayKind;
  for (const Kind kind : {Kind::weight_stationary, Kind::adder_tree}) {
    EXPECT_EQ(fault_of(kind, 100, 4), "");
    EXPECT_NE(fault_of(kind, 1, 5), "");
  }
  EXPECT_EQ(fault_of(Kind::output_stationary, 8, 4), "");
  EXPECT_NE(fault_of(Kind::output_stationary, 9, 4).find("takes at most 8 and 4"), std::string::npos);
  EXPECT_NE(fault_of(Kind::output_stationary, 8, 5), "");
  EXPECT_EQ(fault_of(Kind::input_stationary, 4, 100), "");
  EXPECT_NE(fault_of(Kind::input_stationary, 5, 4), "");
}

TEST(Matrix, WaitsForWeightsExactlyUntilTheirTileHasArrived) {
  // 2.56 GB/s ideal memory: a padded 16 x 16 tile of 256 bytes every 100 cycles at 1 GHz; streams of 10
  // cycles.
  models::ChipSpec chip = test::plain_chip(16, 16);
  chip.memory.ideal_bandwidth_bytes_per_s = 2.56e9;
  compiler::StreamBuilder builder;
  builder.emit(Queue::weight, Opcode::wload, {{field::w_dram, 0}, {field::w_k, 16 * 6}, {field::w_n, 16}});
  builder.emit(
      Queue::matrix, Opcode::matmul,
      {{field::mx_a, 0}, {field::mx_acc, 0}, {field::mx_m, 10}, {field::mx_k, 16 * 6}, {field::mx_n, 16}},
      {compiler::word_of(isa::word::a_stride, 96)});
  const auto run = test::run_program(chip, builder);
  std::vector<Cycle> starts;
  for (const auto& record : run.of("matrix"))
    if (record.state.state == State::busy) starts.push_back(record.start);
  ASSERT_EQ(starts.size(), 6u);
  for (std::size_t i = 1; i < starts.size(); ++i) EXPECT_EQ(starts[i] - starts[i - 1], 100u) << "tile " << i;
  EXPECT_EQ(run.sum("matrix", State::busy), 60u);
}

}  // namespace
}  // namespace nnp
