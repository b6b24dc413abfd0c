// SPDX-License-Identifier: Apache-2.0
// The rows of A of a CONV against their definition, element by element, for random windows.
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

#include "sim/units/engine/geometry.h"
#include "sim/units/matrix/activation_rows.h"

namespace nnp::sim {
namespace {

namespace field = isa::field;
namespace word = isa::word;

constexpr Bytes kBufferBytes = 1 << 16;

isa::ArchSpec small_chip() {
  isa::ArchSpec arch;
  arch.array_rows = arch.array_cols = 4, arch.accumulator_rows = 4, arch.unified_buffer_bytes = kBufferBytes;
  return arch;
}

struct Window {
  std::int32_t channels = 1, kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1, dilation_h = 1,
               dilation_w = 1, pad_top = 0, pad_left = 0, in_h = 1, in_w = 1, out_h = 1, out_w = 1,
               first_row = 0, pixel_stride = 1, row_stride = 1, pad_value = 0,
               images = 1;  // more than one: flag images
  std::size_t element = 1, k_start = 0, k = 1, base = 0;
};

/// One byte a channel, 1 x 1 kernel, no gaps, no padding.
Window dense_window(std::size_t base) {
  Window w;
  w.channels = 8, w.k = 8, w.in_h = w.out_h = 5, w.in_w = w.out_w = 6, w.pixel_stride = 8, w.row_stride = 48;
  w.base = base;
  return w;
}

/// Mostly small kernels, pixels with and without a gap, windows over all borders.
Window random_window(std::mt19937& random) {
  const auto draw = [&](std::int32_t lo, std::int32_t hi) {
    return std::uniform_int_distribution(lo, hi)(random);
  };
  Window w;
  w.element = static_cast<std::size_t>(draw(1, 2));
  const auto element = static_cast<std::int32_t>(w.element);
  w.channels = draw(1, 20);
  w.kernel_h = draw(0, 2) == 0 ? 1 : draw(1, 4), w.kernel_w = draw(0, 2) == 0 ? 1 : draw(1, 4);
  w.stride_h = draw(1, 3), w.stride_w = draw(1, 3);
  w.dilation_h = draw(1, 2), w.dilation_w = draw(0, 3) == 0 ? 2 : 1;
  w.pad_top = draw(-1, 2), w.pad_left = draw(-1, 2);
  w.in_h = draw(1, 12), w.in_w = draw(1, 12);
  w.out_h = draw(1, 6), w.out_w = draw(1, 6);
  if (draw(0, 2) == 0)  // what a 1 x 1 layer without padding has
    w.pad_top = w.pad_left = 0, w.out_w = (w.in_w + w.stride_w - 1) / w.stride_w,
    w.out_h = (w.in_h + w.stride_h - 1) / w.stride_h;
  w.first_row = draw(-2, 0);
  w.pixel_stride = (w.channels + (draw(0, 2) == 0 ? draw(1, 9) : 0)) * element;
  w.row_stride = w.pixel_stride * w.in_w + (draw(0, 2) == 0 ? draw(1, 9) * element : 0);
  w.pad_value = draw(-128, 255);
  const std::int32_t all = w.kernel_h * w.kernel_w * w.channels,
                     start = draw(0, 1) == 0 ? 0 : draw(0, all - 1);
  w.k_start = static_cast<std::size_t>(start), w.k = static_cast<std::size_t>(draw(1, all - start));
  w.base = static_cast<std::size_t>(draw(0, 50)) * w.element;
  w.images = draw(0, 1) == 0 ? 1 : draw(2, 4);
  return w;
}

Job job_of(const Window& w) {
  Job job;
  job.instruction.opcode = isa::Opcode::conv;
  job.instruction.flags =
      static_cast<std::uint8_t>((w.element == 2 ? isa::kFlagA16 : 0) | (w.images > 1 ? isa::kFlagImages : 0));
  job.instruction.set(field::mx_a, w.base), job.instruction.set(field::mx_k_start, w.k_start);
  job.instruction.set(field::mx_k, w.k);
  for (const auto& [index, value] : {std::pair{word::in_c, w.channels},
                                     {word::kernel_h, w.kernel_h},
                                     {word::kernel_w, w.kernel_w},
                                     {word::stride_h, w.stride_h},
                                     {word::stride_w, w.stride_w},
                                     {word::dilation_h, w.dilation_h},
                                     {word::dilation_w, w.dilation_w},
                                     {word::pad_top, w.pad_top},
                                     {word::pad_left, w.pad_left},
                                     {word::in_h, w.in_h},
                                     {word::in_w, w.in_w},
                                     {word::out_w, w.out_w},
                                     {word::out_h, w.out_h},
                                     {word::first_row, w.first_row},
                                     {word::pixel_stride, w.pixel_stride},
                                     {word::row_stride, w.row_stride},
                                     {word::pad_value, w.pad_value}})
    job.descriptor[index] = static_cast<std::uint32_t>(value);
  return job;
}

/// The definition: kernel element (r, s, channel) of output position (p, q) of its image.
std::vector<std::uint8_t> expected_row(const Window& w, const ChipState& state, std::int64_t position) {
  std::vector<std::uint8_t> row;
  const std::int64_t image = w.images > 1 ? position / w.out_w / w.out_h : 0,
                     p = position / w.out_w - image * w.out_h, q = position % w.out_w;
  for (std::size_t e = w.k_start; e < w.k_start + w.k; ++e) {
    const auto flat = static_cast<std::int64_t>(e);
    const std::int64_t channel = flat % w.channels, tap = flat / w.channels;
    const std::int64_t h = p * w.stride_h - w.pad_top + tap / w.kernel_w * w.dilation_h,
                       x = q * w.stride_w - w.pad_left + tap % w.kernel_w * w.dilation_w;
    const bool inside = h >= 0 && h < w.in_h && x >= 0 && x < w.in_w;
    const std::int64_t at = static_cast<std::int64_t>(w.base) +
                            (image * w.in_h + h - w.first_row) * w.row_stride + x * w.pixel_stride +
                            channel * static_cast<std::int64_t>(w.element);
    for (std::size_t byte = 0; byte < w.element; ++byte)
      row.push_back(inside ? *state.buffer.read(static_cast<Address>(at) + byte, 1)
                           : static_cast<std::uint8_t>(w.pad_value >> (8 * byte)));
  }
  return row;
}

TEST(ConvRows, AreTheKernelElementsOfThePositionsAndPadding) {
  ChipState state(small_chip());
  std::mt19937 bytes(1);
  for (std::size_t i = 0; i < kBufferBytes; ++i) *state.buffer.at(i, 1) = static_cast<std::uint8_t>(bytes());
  int in_place = 0, over_images = 0;
  for (unsigned seed = 0; seed < 6000; ++seed) {
    std::mt19937 random(seed);
    const Window w = random_window(random);
    const Job job = job_of(w);
    ASSERT_NO_THROW(check_window(job)) << "seed " << seed;
    const ConvRows rows(job, state);
    const std::int64_t positions = std::int64_t{w.images} * w.out_h * w.out_w;
    std::vector<std::uint8_t> row(w.k * w.element);
    for (std::int64_t position = 0; position < positions; ++position) {
      rows.gather(position, row.data());
      ASSERT_EQ(row, expected_row(w, state, position)) << "seed " << seed << " position " << position;
    }
    const auto first = std::uniform_int_distribution<std::int64_t>(0, positions - 1)(random);
    const auto count = std::uniform_int_distribution<std::int64_t>(1, positions - first)(random);
    const auto found = rows.in_place(first, static_cast<std::size_t>(count));
    if (!found) continue;
    in_place += count > w.out_w ? 1 : 0;
    over_images += w.images > 1 && count > w.out_w * w.out_h ? 1 : 0;
    for (std::int64_t i = 0; i < count; ++i) {
      const std::uint8_t* at = found->rows + static_cast<std::size_t>(i) * found->stride;
      ASSERT_EQ(std::vector<std::uint8_t>(at, at + row.size()), expected_row(w, state, first + i))
          << "seed " << seed << " position " << first + i << " of " << count << " in place";
    }
  }
  EXPECT_GT(in_place, 50)
      << "windows whose rows lie in the buffer as they are, over several rows of the image";
  EXPECT_GT(over_images, 20) << "and over several images";
}

TEST(ConvRows, OfALayerWithoutGapsAndPaddingAreInPlace) {
  ChipState state(small_chip());
  const Job job = job_of(dense_window(16));
  const auto found = ConvRows(job, state).in_place(0, 30);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->rows, state.buffer.read(16, 1));
  EXPECT_EQ(found->stride, 8u);
  EXPECT_FALSE(ConvRows(job, state).in_place(0, 31).has_value()) << "behind the image";
}

TEST(ConvRows, OutsideOfTheBufferAreNotInPlaceAndNameTheAccess) {
  ChipState state(small_chip());
  const Job job = job_of(dense_window(kBufferBytes - 100));
  EXPECT_FALSE(ConvRows(job, state).in_place(0, 30).has_value());
  std::vector<std::uint8_t> row(8);
  EXPECT_THROW(ConvRows(job, state).gather(29, row.data()), AddressError);
}

}  // namespace
}  // namespace nnp::sim
