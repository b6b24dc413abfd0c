// SPDX-License-Identifier: Apache-2.0
// Rung: unit. When a MaxPool takes two passes: cycles from the vector unit's formula, worked out here.
#include "compiler/tiling/pool_passes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "models/chips/chip_file.h"

namespace nnp::compiler {
namespace {

/// Lanes, words and columns of so many bytes, pixels of multiples of 32.
isa::ArchSpec wide(std::uint32_t bytes) {
  isa::ArchSpec arch;
  arch.array_cols = arch.buffer_word_bytes = bytes, arch.channel_align_bytes = 32;
  return arch;
}

PoolLine line(std::int64_t in_w, std::int64_t out_w, std::int64_t kernel, std::int64_t channels,
              std::uint32_t element_bytes, const isa::ArchSpec& arch) {
  const auto pixel = round_up<std::int64_t>(channels * element_bytes, arch.channel_align_bytes);
  return {in_w, out_w, kernel, kernel, {in_w, channels, element_bytes, static_cast<std::uint32_t>(pixel)}};
}

TEST(PoolPasses, OneTakesATapAPixelAndTwoTakeWholeLinesForTheColumns) {
  const isa::ArchSpec arch = wide(256);
  const PoolLine resnet = line(112, 56, 3, 64, 1, arch);
  EXPECT_EQ(one_pass_cycles(resnet, 256, arch), 56 * 9);
  EXPECT_EQ(two_pass_cycles(resnet, 256, arch), 3 * 112 * 64 / 256 + 56 * 3);
  EXPECT_EQ(two_pass_cycles(resnet, 16, arch), 3 * 112 * 64 / 16 + 56 * 3 * 4) << "fewer lanes than a word";
  const PoolLine codes16 = line(112, 56, 3, 64, 2, arch);
  EXPECT_EQ(one_pass_cycles(codes16, 256, arch), 56 * 9);
  EXPECT_EQ(two_pass_cycles(codes16, 256, arch), 3 * 112 * 128 / 256 + 56 * 3) << "a word a cycle";
  const PoolLine padded = line(28, 14, 2, 6, 1, arch);
  EXPECT_EQ(two_pass_cycles(padded, 256, arch), 2 * 4 + 14 * 2) << "28 x 32 bytes are four words";
}

TEST(PoolPasses, AreTwoWhereThoseAreFaster) {
  const auto two = [](std::uint32_t bytes, std::int64_t in_w, std::int64_t kernel, std::int64_t channels) {
    const isa::ArchSpec arch = wide(bytes);
    return takes_two_passes(line(in_w, in_w / 2, kernel, channels, 1, arch), in_w / 2, true, arch);
  };
  EXPECT_TRUE(two(256, 112, 3, 64)) << "252 cycles a line, not 504";
  EXPECT_TRUE(two(128, 112, 3, 64)) << "336, not 504";
  EXPECT_FALSE(two(64, 112, 3, 64)) << "504 each";
  EXPECT_FALSE(two(256, 28, 3, 256)) << "no lane idles";
  EXPECT_TRUE(two(256, 224, 2, 64)) << "336, not 448";
  EXPECT_FALSE(two(128, 224, 2, 64)) << "448 each";
  EXPECT_FALSE(two(256, 4, 2, 6)) << "2 x 2 windows: 6 cycles a line, not 8, do not pay for an instruction";
}

TEST(PoolPasses, AreOneWhereAPixelIsNoWholeNumberOfElements) {
  isa::ArchSpec arch = wide(264);
  arch.channel_align_bytes = 11;
  EXPECT_EQ(line(112, 56, 3, 5, 4, arch).in.pixel_bytes, 22u);
  EXPECT_FALSE(takes_two_passes(line(112, 56, 3, 5, 4, arch), 56, true, arch));
}

// Lanes as the chips have them, which the choice does not know.
TEST(PoolPasses, AreNeverTheSlowerOnTheShippedChips) {
  std::mt19937_64 random(1);
  const auto pick = [&](std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  for (const char* name : {"tpu_v1", "hbm128", "gemmini16", "edge8", "nvdla_full", "nvdla_small"}) {
    const models::ChipSpec chip = models::load_chip(name, {});
    const isa::ArchSpec& arch = chip.arch;
    int taken = 0;
    for (int i = 0; i < 3000; ++i) {
      const std::int64_t kernel = pick(2, 5), stride = pick(1, 3), in_w = pick(kernel, 120),
                         lines = pick(1, 60);
      const bool resident = arch.residency == isa::Residency::network && pick(0, 1) == 1;
      const PoolLine of = line(in_w, (in_w - kernel) / stride + 1, kernel, pick(1, 200),
                               std::uint32_t{1} << pick(0, 2), arch);
      if (!takes_two_passes(of, lines, resident, arch)) continue;
      ++taken;
      const std::int64_t lanes = chip.vector.lanes;
      EXPECT_LE(two_pass_cycles(of, lanes, arch), one_pass_cycles(of, lanes, arch)) << fmt::format(
          "{}: {} pixels, kernel {}, stride {}, {} channels", name, in_w, kernel, stride, of.in.channels);
    }
    EXPECT_GT(taken, 100) << name;
  }
}

}  // namespace
}  // namespace nnp::compiler
