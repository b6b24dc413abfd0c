// SPDX-License-Identifier: Apache-2.0
// What an array's kind makes of an instruction: limits, accumulator rows, and weight tiles.
#include "isa/arch/matrix_shape.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace nnp::isa {
namespace {

ArchSpec arch_of(ArrayKind kind, std::uint32_t rows, std::uint32_t cols,
                 WeightFetch fetch = WeightFetch::exact) {
  ArchSpec arch;
  arch.array_kind = kind, arch.array_rows = rows, arch.array_cols = cols, arch.weight_fetch = fetch;
  return arch;
}

constexpr ArrayKind kAll[] = {ArrayKind::weight_stationary, ArrayKind::output_stationary,
                              ArrayKind::input_stationary, ArrayKind::adder_tree};

TEST(MatrixLimits, AreThePesForWhatStaysAndTheFieldForWhatStreams) {
  const auto limits = [](ArrayKind kind) {
    const MatrixLimits most = matrix_limits(arch_of(kind, 12, 14));
    return std::pair(most.m, most.n);
  };
  EXPECT_EQ(limits(ArrayKind::weight_stationary), std::pair(65535u, 14u));
  EXPECT_EQ(limits(ArrayKind::adder_tree), std::pair(65535u, 14u));
  EXPECT_EQ(limits(ArrayKind::output_stationary), std::pair(12u, 14u));
  EXPECT_EQ(limits(ArrayKind::input_stationary), std::pair(14u, 65535u));
}

TEST(AccumulatorRows, AreOneForEachRowOfAAndEachGroupOfColumns) {
  for (const ArrayKind kind : kAll) EXPECT_EQ(accumulator_rows_of(5, 8, arch_of(kind, 4, 8)), 5u);
  EXPECT_EQ(accumulator_rows_of(5, 9, arch_of(ArrayKind::input_stationary, 4, 8)), 10u);
  EXPECT_EQ(accumulator_rows_of(5, 24, arch_of(ArrayKind::input_stationary, 4, 8)), 15u);
}

TEST(WeightStrip, HoldsEveryWeightOnceAndItsTilesFollowEachOtherWithoutGaps) {
  std::mt19937 random(1);
  for (int trial = 0; trial < 400; ++trial) {
    const auto pick = [&](std::uint32_t most) { return 1 + static_cast<std::uint32_t>(random() % most); };
    const ArrayKind kind = kAll[random() % 4];
    const auto fetch = random() % 2 == 0 ? WeightFetch::exact : WeightFetch::padded;
    const ArchSpec arch = arch_of(kind, pick(5), pick(5), fetch);
    const std::uint64_t k = pick(20),
                        n = kind == ArrayKind::input_stationary ? pick(20) : pick(arch.array_cols);
    const WeightStrip strip(arch, k, n);
    EXPECT_EQ(strip.tiles(),
              ceil_div<std::uint64_t>(k, arch.array_rows) * ceil_div<std::uint64_t>(n, arch.array_cols));
    Bytes at = 0;
    std::uint64_t weights = 0;
    for (std::uint64_t tile = 0; tile < strip.tiles(); ++tile) {
      EXPECT_EQ(strip.tile_offset(tile), at) << "trial " << trial << ", tile " << tile;
      EXPECT_LE((strip.tile_rows(tile) - 1) * strip.row_stride(tile) + strip.tile_cols(tile),
                strip.tile_bytes(tile));
      at += strip.tile_bytes(tile);
      weights += strip.tile_rows(tile) * strip.tile_cols(tile);
    }
    EXPECT_EQ(weights, k * n) << "trial " << trial;
    EXPECT_EQ(strip.bytes(), at) << "trial " << trial;
  }
}

TEST(WeightStrip, TilesOfWiderWeightsAreAsManyTimesLarger) {
  for (const auto fetch : {WeightFetch::exact, WeightFetch::padded})
    for (const Bytes element : {2u, 4u}) {
      const ArchSpec arch = arch_of(ArrayKind::input_stationary, 4, 3, fetch);
      const WeightStrip bytes(arch, 10, 7), wide(arch, 10, 7, {WeightLayout::Order::tiles, element, 0});
      EXPECT_EQ(wide.bytes(), element * bytes.bytes());
      for (std::uint64_t tile = 0; tile < wide.tiles(); ++tile) {
        EXPECT_EQ(wide.tile_offset(tile), element * bytes.tile_offset(tile)) << tile;
        EXPECT_EQ(wide.row_stride(tile), element * bytes.row_stride(tile)) << tile;
        EXPECT_EQ(wide.runs(tile), 1u);
        EXPECT_EQ(wide.run_bytes(tile), element * bytes.tile_bytes(tile)) << tile;
      }
    }
}

/// Addresses of the bytes that the runs of all tiles cover, each as often as it is covered.
std::multiset<Bytes> covered(const WeightStrip& strip) {
  std::multiset<Bytes> bytes;
  for (std::uint64_t tile = 0; tile < strip.tiles(); ++tile)
    for (std::uint64_t run = 0; run < strip.runs(tile); ++run)
      for (Bytes i = 0; i < strip.run_bytes(tile); ++i)
        bytes.insert(strip.tile_offset(tile) + strip.run_offset(run) + i);
  return bytes;
}

TEST(WeightStrip, OfAnActivationFetchesEachElementOnceAndNoPaddingWhateverTheChipPads) {
  constexpr Bytes kElement = 2, kStride = 64;
  constexpr std::uint64_t kK = 10, kN = 7;
  for (const ArrayKind kind : {ArrayKind::weight_stationary, ArrayKind::input_stationary}) {
    const ArchSpec arch = arch_of(kind, 4, kind == ArrayKind::input_stationary ? 3 : 8, WeightFetch::padded);
    for (const bool transposed : {false, true}) {
      const WeightStrip strip(
          arch, kK, kN,
          {transposed ? WeightLayout::Order::transposed : WeightLayout::Order::rows, kElement, kStride});
      std::multiset<Bytes> expected;
      for (std::uint64_t k = 0; k < kK; ++k)
        for (std::uint64_t n = 0; n < kN; ++n)
          for (Bytes byte = 0; byte < kElement; ++byte)
            expected.insert((transposed ? n * kStride + k * kElement : k * kStride + n * kElement) + byte);
      EXPECT_EQ(covered(strip), expected) << "transposed " << transposed;
      EXPECT_EQ(strip.bytes(), kK * kN * kElement);
    }
  }
}

}  // namespace
}  // namespace nnp::isa
