// SPDX-License-Identifier: Apache-2.0
// Softmax and layer normalisation over rows, and pooling over windows.
#include "tests/gpu/cuda_kernels.h"

namespace nnp::gpu {
namespace {

struct Types {
  Element x, y;
};

class CudaRows : public CudaKernels {
 protected:
  /// Softmax and layer normalisation of `rows` rows of n, from `offset` elements beyond an aligned address
  /// on.
  void compare_rows(int rows, int n, Types types, int offset = 0) {
    const auto [x, y] = types;
    const std::size_t count = size(rows, n), beyond = static_cast<std::size_t>(offset);
    const Source source{0, x, is_code(x) ? 0.05F : 1, is_code(x) ? 2 : 0};
    const auto target = [&](Address at, float scale, std::int32_t zero) {
      Target target{at, y};
      if (is_code(y))
        target.scale = scale, target.zero = zero, target.lo = lowest(y), target.hi = lowest(y) + 255;
      return target;
    };
    const std::string text = fmt::format("{} rows of {} from element {} on, {} to {}", rows, n, offset,
                                         to_string(x), to_string(y));
    // A code, or a rounded real, where the quotient lies at the border between two may be a step off.
    const double step = is_code(y) ? 1 : y == Element::f16 ? 0x1p-10 : y == Element::bf16 ? 0x1p-7 : 0;
    const Bytes operand = random_bytes(engine, x, count + beyond, false);
    compare(
        {operand}, y, count,
        [&](const Bench& b) {
          Softmax s;
          s.rows = rows, s.n = n, s.x = source, s.x.at = b[0] + beyond * size_of(x);
          s.y = target(b.result(), 1 / 256.0F, static_cast<std::int32_t>(lowest(y)));
          return s;
        },
        std::max(step, 1e-5), "softmax of " + text);
    for (const bool scaled : {false, true})
      compare(
          {operand, random_bytes(engine, Element::f32, static_cast<std::size_t>(n) + beyond, false),
           random_bytes(engine, Element::f32, static_cast<std::size_t>(n) + beyond, false)},
          y, count,
          [&](const Bench& b) {
            LayerNormalization l;
            l.rows = rows, l.n = n, l.x = source, l.x.at = b[0] + beyond * size_of(x);
            if (scaled) l.scale = b[1] + beyond * 4, l.shift = b[2] + beyond * 4;
            l.y = target(b.result(), 0.03F, 4);
            return l;
          },
          std::max(step, 1e-4), "normalisation of " + text);
  }

  static bool is_code(Element type) { return size_of(type) == 1; }
  static float lowest(Element code) { return code == Element::s8 ? -128 : 0; }
};

// Rows of up to 1024 stay in registers: some lanes of a warp have them, all of them four or eight fours each.
TEST_F(CudaRows, OfEveryLengthAgree) {
  for (const int n : {4, 12, 64, 100, 128, 130, 300, 512, 516, 768, 1000, 1024, 1028})
    for (const Types types :
         {Types{Element::f32, Element::f32}, {Element::bf16, Element::bf16}, {Element::s8, Element::s8}})
      compare_rows(67, n, types);
}

TEST_F(CudaRows, OfEveryTypeAgree) {
  for (const Element x : {Element::f32, Element::f16, Element::bf16, Element::s8, Element::u8})
    for (const Element y : {Element::f32, Element::f16, Element::bf16, Element::s8, Element::u8})
      compare_rows(9, 132, {x, y});
}

TEST_F(CudaRows, ThatAreUnalignedAgree) {
  for (const Element type : {Element::f32, Element::f16, Element::bf16, Element::s8, Element::u8})
    compare_rows(9, 128, {type, type}, 1);
}

class CudaPools : public CudaKernels {
 protected:
  void compare_pools(const Shape& s, Element type) {
    const Window w = window_of(s);
    const bool codes = size_of(type) == 1;
    const Bytes x = random_bytes(engine, type, size(w.N, w.H, w.W, w.C));
    for (const bool average : {false, true})
      for (const bool padding : {false, true}) {
        if (padding && !average) continue;
        compare(
            {x}, type, size(w.N, w.P, w.Q, w.C),
            [&](const Bench& b) {
              Pool p;
              p.window = w, p.average = average, p.count_padding = padding;
              p.x = {b[0], type, codes && average ? 0.37F : 1, codes ? 3 : 0};
              p.y = {b.result(), type, 1, codes ? 3 : 0};
              if (codes) p.y.lo = type == Element::s8 ? -128 : 0, p.y.hi = type == Element::s8 ? 127 : 255;
              return p;
            },
            0,
            fmt::format("pool of {}, {}, average {}, padding {}", to_string(type), text_of(s), average,
                        padding));
      }
  }
};

constexpr Element kTypes[] = {Element::s8, Element::u8, Element::f32, Element::f16, Element::bf16};

TEST_F(CudaPools, OfCodesAndRealsAreExact) {
  for (const Shape& s : {Shape{2, 13, 13, 20, 20, 3, 2, 1, 1}, Shape{2, 13, 13, 18, 18, 3, 2, 1, 1},
                         Shape{1, 9, 9, 16, 16, 3, 1, 2, 1, 2}, Shape{3, 7, 7, 36, 36, 7, 1, 0, 1},
                         Shape{1, 12, 12, 8, 8, 9, 1, 4, 1}})
    for (const Element type : kTypes) compare_pools(s, type);
}

// From 2^17 pieces of 16 bytes on a thread takes one of them.
TEST_F(CudaPools, OfManyResultsAreExact) {
  for (const Element type : kTypes) compare_pools({11, 112, 112, 64, 64, 3, 2, 1, 1}, type);
}

}  // namespace
}  // namespace nnp::gpu
