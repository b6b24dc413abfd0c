// SPDX-License-Identifier: Apache-2.0
// Convolutions, of codes and of reals.
#include "tests/gpu/cuda_kernels.h"

namespace nnp::gpu {
namespace {

constexpr Shape kShapes[] = {
    {2, 9, 9, 16, 24, 3, 1, 1, 1},    {1, 14, 14, 64, 130, 1, 1, 0, 1}, {3, 13, 11, 32, 64, 3, 2, 1, 1},
    {1, 30, 30, 3, 64, 7, 2, 3, 1},   {2, 10, 10, 48, 48, 3, 1, 1, 48}, {1, 12, 12, 80, 256, 3, 1, 2, 1, 2},
    {1, 7, 7, 512, 512, 3, 1, 1, 1},  {1, 8, 8, 32, 32, 3, 1, 1, 4},    {64, 1, 1, 256, 1000, 1, 1, 0, 1},
    {2, 15, 15, 160, 16, 5, 1, 2, 1}, {4, 7, 7, 32, 40, 7, 1, 0, 1}};
// A channel a group, in windows that have a kernel of strips of four results, and beside them.
constexpr Shape kDepthwise[] = {
    {2, 9, 10, 20, 20, 3, 1, 1, 20},       // 10 results a row: two strips and a half
    {1, 11, 15, 260, 260, 3, 2, 1, 260},   // channels of two blocks, the second not full
    {3, 1, 1, 8, 8, 3, 1, 1, 8},           // an image of a pixel
    {1, 3, 3, 4, 4, 3, 1, 0, 4},           // one result
    {2, 6, 7, 12, 12, 3, 1, 2, 12},        // windows that meet the image in one pixel
    {8, 33, 128, 128, 128, 3, 1, 1, 128},  // several rows a thread, the last of them alone
    {2, 7, 7, 24, 24, 5, 1, 2, 24},       {1, 14, 13, 36, 36, 5, 2, 2, 36},
    {2, 1, 1, 4, 4, 5, 2, 2, 4},          {1, 9, 12, 16, 16, 3, 1, 2, 16, 2},  // the general kernel: dilated,
    {1, 9, 12, 16, 16, 4, 1, 1, 16},                                           // 4 x 4,
    {1, 13, 13, 16, 16, 3, 3, 1, 16}};                                         // at stride 3

Bytes random_scales(std::mt19937& engine, int count) {
  Bytes bytes(static_cast<std::size_t>(count) * 4);
  std::uniform_real_distribution<float> scale(1e-4F, 4e-3F);
  for (std::size_t i = 0; i < bytes.size(); i += 4) {
    const float value = scale(engine);
    std::memcpy(bytes.data() + i, &value, 4);
  }
  return bytes;
}

class CudaConvolutions : public CudaKernels {
 protected:
  /// A layer of codes x and y of one type, with a bias; `add`: followed by an Add, of codes that lie
  /// `add_offset` bytes beyond an aligned address.
  void convolve_codes(const Window& w, const Shape& s, Element x, Element y, bool add,
                      std::size_t add_offset = 0) {
    const std::size_t count = size(w.N, w.P, w.Q, s.K);
    compare(
        {random_bytes(engine, x, size(w.N, w.H, w.W, w.C)),
         random_bytes(engine, Element::s8, size(s.K, s.R, s.R, s.C / s.groups)),
         random_bytes(engine, Element::i32, static_cast<std::size_t>(s.K)), random_scales(engine, s.K),
         random_bytes(engine, y, count + add_offset)},
        y, count,
        [&](const Bench& b) {
          IntegerConvolution c;
          c.window = w, c.K = s.K, c.groups = s.groups;
          c.x_element = x, c.y_element = c.other_element = y;
          c.x = b[0], c.w = b[1], c.bias = b[2], c.scale = b[3], c.y = b.result();
          c.zero_x = x == Element::u8 ? 131 : -7, c.zero = 5, c.lo = -100, c.hi = 111;
          if (add) {
            c.other = b[4] + add_offset, c.own_factor = 0.73F, c.other_factor = 0.41F;
            c.other_zero = -9, c.sum_zero = 3, c.sum_lo = -120, c.sum_hi = 127;
          }
          if (y == Element::u8) c.lo = c.sum_lo = 0, c.hi = c.sum_hi = 240, c.zero = c.sum_zero = 120;
          return c;
        },
        0,
        text_of(s) + fmt::format(" ({} x {} results), {} to {}{}", w.P, w.Q, to_string(x), to_string(y),
                                 add ? ", Add" : ""));
  }

  void convolve_whole_numbers(const Shape& s) {
    for (const Element type : {Element::f32, Element::f16, Element::bf16})
      for (const int tail : {0, 1, 2}) {  // none, ReLU and residual, another clamp
        const Window w = window_of(s);
        const std::size_t count = size(w.N, w.P, w.Q, s.K);
        // Sums of whole numbers are exact; the result is rounded once to the type, the residual after that
        // where cuDNN does it in two steps.
        const double tolerance = type == Element::f32 ? 0 : type == Element::f16 ? 0x1p-9 : 0x1p-6;
        compare(
            {random_bytes(engine, type, size(w.N, w.H, w.W, w.C)),
             random_bytes(engine, type, size(s.K, s.R, s.R, s.C / s.groups)),
             random_bytes(engine, type, static_cast<std::size_t>(s.K)), random_bytes(engine, type, count)},
            type, count,
            [&](const Bench& b) {
              Convolution c;
              c.window = w, c.K = s.K, c.groups = s.groups, c.element = type;
              c.x = b[0], c.w = b[1], c.bias = b[2], c.y = b.result();
              if (tail == 1) c.residual = b[3], c.lo = 0;
              if (tail == 2) c.lo = 0, c.hi = 6;
              return c;
            },
            tolerance, text_of(s) + fmt::format(", {}, tail {}", to_string(type), tail));
      }
  }
};

TEST_F(CudaConvolutions, OfCodesAreExact) {
  for (const Shape& s : kShapes)
    for (const Element type : {Element::s8, Element::u8})
      for (const bool add : {false, true}) convolve_codes(window_of(s), s, type, Element::s8, add);
}

TEST_F(CudaConvolutions, OfCodesAChannelAGroupAreExact) {
  for (const Shape& s : kDepthwise)
    for (const Element x : {Element::s8, Element::u8})
      for (const Element y : {Element::s8, Element::u8})
        for (const bool add : {false, true}) convolve_codes(window_of(s), s, x, y, add);
}

TEST_F(CudaConvolutions, OfCodesAreExactWhereTheFarPadIsAnother) {
  for (const Shape& s : {Shape{2, 8, 8, 12, 12, 3, 2, 0, 12}, Shape{2, 8, 10, 12, 12, 5, 2, 1, 12},
                         Shape{1, 6, 7, 8, 8, 3, 1, 0, 8}}) {
    Window w = window_of(s);
    ++w.P, ++w.Q;  // one more, partly beyond the image
    convolve_codes(w, s, Element::u8, Element::s8, true);
  }
}

TEST_F(CudaConvolutions, OfCodesAreExactWhereTheAddIsUnaligned) {
  const Shape s{2, 9, 10, 20, 20, 3, 1, 1, 20};
  convolve_codes(window_of(s), s, Element::s8, Element::s8, true, 1);
}

TEST_F(CudaConvolutions, OfWholeNumbersAreExact) {
  for (const Shape& s : kShapes) convolve_whole_numbers(s);
}

TEST_F(CudaConvolutions, OfWholeNumbersAChannelAGroupAreExact) {
  for (const Shape& s : kDepthwise) convolve_whole_numbers(s);
}

}  // namespace
}  // namespace nnp::gpu
