// SPDX-License-Identifier: Apache-2.0
// accesses() of convolutions and pools, against an enumeration of every tap of every position.
#include "access_bounds.h"
#include "random_program.h"

namespace nnp::isa {
namespace {

using test::pick;
using test::Random;

struct ImageCase {
  std::int64_t in_h, in_w, channels, out_w, kernel_h, kernel_w, step, pad, dilation, first_row, m0, m;
  std::int64_t pixel_stride, row_stride;
  std::int64_t out_h = 0;  // flag images: of one of them

  explicit ImageCase(Random& random) {
    const auto from_one = [&](std::uint64_t high) {
      return static_cast<std::int64_t>(pick(random, 1, high));
    };
    in_h = from_one(9), in_w = from_one(6), channels = from_one(4);
    kernel_h = from_one(3), kernel_w = from_one(3), step = from_one(3), dilation = from_one(2);
    pad = static_cast<std::int64_t>(pick(random, 0, 2));
    out_w = from_one(6);
    first_row = static_cast<std::int64_t>(pick(random, 0, 3));
    m0 = static_cast<std::int64_t>(pick(random, 0, 20));
    m = static_cast<std::int64_t>(pick(random, 0, 12));
    pixel_stride = channels * 2 + static_cast<std::int64_t>(pick(random, 0, 4));
    row_stride = pixel_stride * in_w + static_cast<std::int64_t>(pick(random, 0, 8));
  }

  Descriptor descriptor() const {
    Descriptor d{};
    const auto put = [&d](unsigned index, std::int64_t value) {
      d[index] = static_cast<std::uint32_t>(value);
    };
    put(word::in_h, in_h), put(word::in_w, in_w), put(word::in_c, channels), put(word::out_w, out_w);
    put(word::kernel_h, kernel_h), put(word::kernel_w, kernel_w);
    put(word::stride_h, step), put(word::stride_w, step), put(word::pad_top, pad), put(word::pad_left, pad);
    put(word::dilation_h, dilation), put(word::dilation_w, dilation);
    put(word::row_stride, row_stride), put(word::pixel_stride, pixel_stride), put(word::first_row, first_row);
    put(word::out_h, out_h);
    return d;
  }

  /// Whole rows that the taps of `rows_of_taps` reach, and in `bytes` the elements themselves.
  template <typename IsTap>
  void enumerate(std::int64_t element, IsTap is_tap, Bounds& rows, Bounds& bytes) const {
    for (std::int64_t position = m0; position < m0 + m; ++position) {
      for (std::int64_t r = 0; r < kernel_h; ++r) {
        for (std::int64_t s = 0; s < kernel_w; ++s) {
          for (std::int64_t c = 0; c < channels; ++c) {
            if (!is_tap((r * kernel_w + s) * channels + c)) continue;
            const std::int64_t line = position / out_w, number = out_h > 0 ? line / out_h : 0;
            const std::int64_t h = (line - number * out_h) * step - pad + r * dilation;
            const std::int64_t w = position % out_w * step - pad + s * dilation;
            if (h < 0 || h >= in_h) continue;
            const std::int64_t row = kBase + (number * in_h + h - first_row) * row_stride;
            rows.touch(row, (in_w - 1) * pixel_stride + channels * element);
            if (w >= 0 && w < in_w) bytes.touch(row + w * pixel_stride + c * element, element);
          }
        }
      }
    }
  }
};

void expect_image_read(const std::vector<Access>& found, const ImageCase& image, const Bounds& rows,
                       const Bounds& bytes) {
  const auto read = only(found, Space::buffer, false);
  if (image.step == 1 && image.dilation == 1) return expect_bounds(found, Space::buffer, false, rows);
  if (rows.empty())
    return;  // with gaps between rows, the clip at the image's edge may name a row that no tap meets
  ASSERT_TRUE(read);
  EXPECT_LE(static_cast<std::int64_t>(read->begin), rows.begin);
  EXPECT_GE(static_cast<std::int64_t>(read->end), rows.end);
  const std::int64_t slack = image.row_stride * (std::max(image.step, image.dilation) - 1);
  EXPECT_GE(static_cast<std::int64_t>(read->begin), rows.begin - slack);
  EXPECT_LE(static_cast<std::int64_t>(read->end), rows.end + slack);
  if (bytes.empty()) return;
  EXPECT_LE(static_cast<std::int64_t>(read->begin), bytes.begin);
  EXPECT_GE(static_cast<std::int64_t>(read->end), bytes.end);
}

TEST(Accesses, ConvolutionReadsTheStoredRowsThatItsTapsMeet) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const ImageCase image(random);
    const auto taps = static_cast<std::uint64_t>(image.kernel_h * image.kernel_w * image.channels);
    const auto k_start = static_cast<std::int64_t>(pick(random, 0, taps - 1));
    const auto k = static_cast<std::int64_t>(pick(random, 1, taps - static_cast<std::uint64_t>(k_start)));
    Instruction conv = make(Opcode::conv, Queue::matrix,
                            {{&field::mx_a, kBase},
                             {&field::mx_acc, 3},
                             {&field::mx_m, image.m},
                             {&field::mx_k, k},
                             {&field::mx_k_start, k_start},
                             {&field::mx_m0, image.m0}});
    const bool wide = pick(random, 0, 1) == 1;
    if (wide) conv.flags = kFlagA16;
    Bounds rows, bytes, sums;
    image.enumerate(
        wide ? 2 : 1, [&](std::int64_t tap) { return tap >= k_start && tap < k_start + k; }, rows, bytes);
    if (image.m != 0) sums.touch(3, image.m);
    const auto found = accesses(conv, image.descriptor(), {});
    expect_image_read(found, image, rows, bytes);
    expect_bounds(found, Space::accumulators, true, sums);
  }
}

// At least the rows that taps meet, and none of another image; in one image the test above says it exactly.
TEST(Accesses, ConvolutionOverImagesReadsTheStoredRowsOfAllOfThem) {
  int several = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    ImageCase image(random);
    image.out_h = 1 + static_cast<std::int64_t>(pick(random, 0, 3));
    const std::int64_t taps = image.kernel_h * image.kernel_w * image.channels;
    Instruction conv = make(Opcode::conv, Queue::matrix,
                            {{&field::mx_a, kBase},
                             {&field::mx_acc, 3},
                             {&field::mx_m, image.m},
                             {&field::mx_k, taps},
                             {&field::mx_k_start, 0},
                             {&field::mx_m0, image.m0}});
    conv.flags = kFlagImages;
    Bounds rows, bytes;
    image.enumerate(
        1, [](std::int64_t) { return true; }, rows, bytes);
    if (rows.empty()) continue;
    const auto read = only(accesses(conv, image.descriptor(), {}), Space::buffer, false);
    ASSERT_TRUE(read);
    const std::int64_t an_image = image.out_h * image.out_w;
    const std::int64_t first = image.m0 / an_image, last = (image.m0 + image.m - 1) / an_image;
    const auto row_at = [&](std::int64_t row) { return kBase + (row - image.first_row) * image.row_stride; };
    EXPECT_LE(static_cast<std::int64_t>(read->begin), rows.begin);
    EXPECT_GE(static_cast<std::int64_t>(read->end), rows.end);
    EXPECT_GE(static_cast<std::int64_t>(read->begin), row_at(first * image.in_h));
    EXPECT_LE(static_cast<std::int64_t>(read->end), row_at((last + 1) * image.in_h));
    several += first != last;
  }
  EXPECT_GT(several, 200);
}

TEST(Accesses, PoolingReadsRowsAndWritesItsPositions) {
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const ImageCase image(random);
    const Instruction pool = make(Opcode::pool, Queue::vector,
                                  {{&field::vx_dst, 4 * kBase},
                                   {&field::vx_src0, kBase},
                                   {&field::vx_src1, image.m0},
                                   {&field::vx_x, image.channels},
                                   {&field::vx_y, image.m}});
    Descriptor descriptor = image.descriptor();
    descriptor[word::types] = 2u << 8 | 1u;  // s8 in, s16 out
    descriptor[word::out_pixel_stride] = 32;
    Bounds rows, bytes, out;
    image.enumerate(
        1, [](std::int64_t) { return true; }, rows, bytes);
    for (std::int64_t i = 0; i < image.m; ++i) out.touch(4 * kBase + i * 32, image.channels * 2);
    const auto found = accesses(pool, descriptor, {});
    expect_image_read(found, image, rows, bytes);
    expect_bounds(found, Space::buffer, true, out);
  }
}

}  // namespace
}  // namespace nnp::isa
