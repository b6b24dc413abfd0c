// SPDX-License-Identifier: Apache-2.0
// array_tile: how large the matrix instructions of a step are. Expected sizes follow from the array's
// limits and from half of the accumulators, so that one instruction drains while the next computes.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "compiler/tiling/mac_tiling.h"
#include "isa/arch/matrix_shape.h"

namespace nnp::compiler {
namespace {

isa::ArchSpec arch_of(isa::ArrayKind kind, std::uint32_t rows, std::uint32_t cols,
                      std::uint32_t accumulator_rows) {
  isa::ArchSpec arch;
  arch.array_kind = kind, arch.array_rows = rows, arch.array_cols = cols;
  arch.accumulator_rows = accumulator_rows;
  return arch;
}

std::pair<std::int64_t, std::int64_t> tile(isa::ArrayKind kind, std::int64_t positions, std::int64_t columns,
                                           std::uint32_t accumulator_rows = 1024) {
  const isa::ArchSpec arch = arch_of(kind, 12, 8, accumulator_rows);
  const ArrayTile tile = array_tile(positions, columns, half_tile_rows(arch), arch);
  return {tile.m, tile.n};
}
using Size = std::pair<std::int64_t, std::int64_t>;

TEST(ArrayTile, TakesEvenPartsOfAtMostHalfTheAccumulatorsWhereWeightsStay) {
  for (const isa::ArrayKind kind : {isa::ArrayKind::weight_stationary, isa::ArrayKind::adder_tree}) {
    EXPECT_EQ(tile(kind, 512, 20), Size(512, 8));
    EXPECT_EQ(tile(kind, 513, 20), Size(257, 8));   // two instructions, not 512 and 1
    EXPECT_EQ(tile(kind, 1030, 20), Size(344, 8));  // three
    EXPECT_EQ(tile(kind, 512, 20, 2), Size(1, 8));  // one row computes, one drains
    EXPECT_EQ(tile(kind, 512, 20, 1), Size(1, 8));  // no second row: they take turns
    EXPECT_EQ(tile(kind, 3, 2), Size(3, 8));        // columns are the array's, used or not
  }
}

TEST(ArrayTile, HasAtMostTheRowsOfThePesWhereSumsStay) {
  EXPECT_EQ(tile(isa::ArrayKind::output_stationary, 12, 20), Size(12, 8));
  EXPECT_EQ(tile(isa::ArrayKind::output_stationary, 20, 20), Size(10, 8));
  EXPECT_EQ(tile(isa::ArrayKind::output_stationary, 20, 20, 8), Size(4, 8));
}

TEST(ArrayTile, HasAtMostTheColumnsOfThePesAndManyGroupsOfColumnsWhereActivationsStay) {
  EXPECT_EQ(tile(isa::ArrayKind::input_stationary, 8, 20), Size(8, 24));  // all three groups
  EXPECT_EQ(tile(isa::ArrayKind::input_stationary, 20, 20), Size(7, 24));
  EXPECT_EQ(tile(isa::ArrayKind::input_stationary, 8, 20, 32), Size(8, 16));  // 16 rows: two groups of 8
  EXPECT_EQ(tile(isa::ArrayKind::input_stationary, 1, 1'000'000, 200'000), Size(1, 65528));  // the field
}

TEST(ArrayTile, FitsTheArrayAndTwiceTheAccumulatorsAndIsAsEvenAsItGoes) {
  std::mt19937 random(1);
  const auto pick = [&](std::uint32_t most) { return 1 + static_cast<std::uint32_t>(random() % most); };
  constexpr isa::ArrayKind kAll[] = {isa::ArrayKind::weight_stationary, isa::ArrayKind::output_stationary,
                                     isa::ArrayKind::input_stationary, isa::ArrayKind::adder_tree};
  for (int trial = 0; trial < 2000; ++trial) {
    const isa::ArchSpec arch = arch_of(kAll[random() % 4], pick(20), pick(20), 1 + pick(300));
    const std::int64_t positions = pick(2000), columns = pick(200);
    const auto [m, n] = array_tile(positions, columns, half_tile_rows(arch), arch);
    const std::string what = fmt::format("trial {}: {} {}x{}, {} accumulator rows, {} positions, {} columns",
                                         trial, to_string(arch.array_kind), arch.array_rows, arch.array_cols,
                                         arch.accumulator_rows, positions, columns);
    const isa::MatrixLimits most = isa::matrix_limits(arch);
    const auto used = static_cast<std::uint64_t>(std::min(n, columns));
    ASSERT_TRUE(m >= 1 && m <= most.m && used >= 1 && used <= most.n) << what;
    ASSERT_EQ(n % arch.array_cols, 0) << what;
    ASSERT_LE(2 * isa::accumulator_rows_of(static_cast<std::uint64_t>(m), used, arch), arch.accumulator_rows)
        << what;
    // Fewer rows would take more instructions; so would none be saved by more rows.
    const auto instructions = [&](std::int64_t rows) { return ceil_div(positions, rows); };
    if (m > 1) {
      ASSERT_GT(instructions(m - 1), instructions(m)) << what;
    }
    const std::int64_t largest = std::min<std::int64_t>(most.m, arch.accumulator_rows / 2);
    ASSERT_EQ(instructions(m), instructions(largest)) << what;
  }
}

}  // namespace
}  // namespace nnp::compiler
