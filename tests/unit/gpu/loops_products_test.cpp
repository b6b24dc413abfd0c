// SPDX-License-Identifier: Apache-2.0
// Convolutions and products of the plain loops, on numbers small enough to check by hand.
#include <gmock/gmock.h>

#include "compiler/ir/half.h"
#include "tests/unit/gpu/memory.h"

namespace nnp::gpu {
namespace {

using ir::BFloat16, ir::Float16;
using nnp::testing::Bench;
using ::testing::ElementsAre;

/// One row of `width` pixels, three taps wide, padded by one on both sides.
Window row_of(int width) {
  Window w;
  w.W = w.Q = width;
  w.S = 3;
  w.pad[1] = 1;
  return w;
}

TEST(LoopsConvolution, PadsWithZeroAndAddsBiasAndResidual) {
  Bench bench;
  Convolution c;
  c.window = row_of(3);
  c.x = bench.place<float>({1, 2, 4});
  c.w = bench.place<float>({1, 10, 100});
  c.bias = bench.place<float>({0.5F});
  c.residual = bench.place<float>({1000, 2000, 3000});
  c.y = bench.room<float>(3);
  bench.run(c);
  EXPECT_THAT(bench.read<float>(c.y, 3), ElementsAre(1210.5F, 2421.5F, 3042.5F));
  c.residual = c.bias = 0;
  c.lo = 42;
  c.hi = 300;
  bench.run(c);
  EXPECT_THAT(bench.read<float>(c.y, 3), ElementsAre(210, 300, 42));
}

TEST(LoopsConvolution, StridesAndDilatesInBothDirections) {
  Bench bench;
  Convolution c;
  Window& w = c.window;  // of a 4 x 5 image of row, column: taps (p, 2 q) and (p + 2, 2 q + 1)
  w.H = 4, w.W = 5, w.P = 2, w.Q = 2, w.R = 2, w.S = 2;
  w.stride[1] = 2, w.dilation[0] = 2;
  std::vector<float> x;
  for (int row = 0; row < 4; ++row)
    for (int column = 0; column < 5; ++column) x.push_back(static_cast<float>(10 * row + column));
  c.x = bench.place(x);
  c.w = bench.place<float>({100, 0, 0, 1});
  c.y = bench.room<float>(4);
  bench.run(c);
  EXPECT_THAT(bench.read<float>(c.y, 4), ElementsAre(21, 223, 1031, 1233));
}

TEST(LoopsConvolution, KeepsGroupsAndImagesApart) {
  Bench bench;
  Convolution c;
  c.window.N = 2, c.window.C = 4;
  c.K = 2, c.groups = 2;
  c.x = bench.place<float>({1, 2, 3, 4, 5, 6, 7, 8});
  c.w = bench.place<float>({1, 10, 100, 1000});  // k 0 of channels 0, 1; k 1 of channels 2, 3
  c.y = bench.room<float>(4);
  bench.run(c);
  EXPECT_THAT(bench.read<float>(c.y, 4), ElementsAre(21, 4300, 65, 8700));
}

TEST(LoopsConvolution, SumsHalvesInFloat32AndRoundsOnce) {
  Bench bench;
  Convolution c;
  c.element = Element::f16;
  c.window.C = 3;
  // 2048 + 1 + 1: a sum in binary16 stays at 2048, where numbers are 2 apart.
  c.x = bench.place<Float16>({Float16(2048), Float16(1), Float16(1)});
  c.w = bench.place<Float16>({Float16(1), Float16(1), Float16(1)});
  c.y = bench.room<Float16>(1);
  bench.run(c);
  EXPECT_EQ(bench.read<Float16>(c.y, 1)[0], 2050.0F);
}

TEST(LoopsConvolution, RefusesCodes) {
  Bench bench;
  Convolution c;
  c.element = Element::s8;
  EXPECT_THROW(bench.run(c), GpuError);
}

TEST(LoopsProduct, TakesWeightsEitherWayRound) {
  Bench bench;
  Product p;
  p.M = 2, p.N = 3, p.K = 2;
  p.a = bench.place<float>({1, 10, 2, 20});
  p.w = bench.place<float>({1, 2, 3, 4, 5, 6});  // [K, N]
  p.bias = bench.place<float>({100, 200, 300});
  p.d = bench.room<float>(6);
  bench.run(p);
  EXPECT_THAT(bench.read<float>(p.d, 6), ElementsAre(141, 252, 363, 182, 304, 426));
  p.transposed = true;
  p.w = bench.place<float>({1, 4, 2, 5, 3, 6});  // [N, K]
  p.lo = 150, p.hi = 400;
  bench.run(p);
  EXPECT_THAT(bench.read<float>(p.d, 6), ElementsAre(150, 252, 363, 182, 304, 400));
}

TEST(LoopsProduct, RepeatsABatchOfStrideZero) {
  Bench bench;
  Product p;
  p.batches = 2, p.K = 2;
  p.a = bench.place<float>({1, 2, 0, 3, 4});  // a gap between the batches
  p.a_stride = 3;
  p.w = bench.place<float>({1, 10});
  p.d = bench.place<float>({-1, -1, -1});
  p.d_stride = 2;
  bench.run(p);
  EXPECT_THAT(bench.read<float>(p.d, 3), ElementsAre(21, -1, 43));
}

TEST(LoopsProduct, RoundsBfloat16OnceAtTheEnd) {
  Bench bench;
  Product p;
  p.element = Element::bf16;
  p.K = 3;
  p.a = bench.place<BFloat16>({BFloat16(256), BFloat16(1), BFloat16(1)});
  p.w = bench.place<BFloat16>({BFloat16(1), BFloat16(1), BFloat16(1)});
  p.d = bench.room<BFloat16>(1);
  bench.run(p);
  EXPECT_EQ(bench.read<BFloat16>(p.d, 1)[0], 258.0F);  // numbers are 2 apart from 256 on
}

TEST(LoopsProduct, OfCodesIsTheExactSum) {
  Bench bench;
  Product p;
  p.element = Element::s8;
  const int K = p.K = 1025;  // 1024 * 128 * 128 + 1 is 2^24 + 1, which no float holds
  std::vector<std::int8_t> a(static_cast<std::size_t>(K), -128), w = a;
  a.back() = w.back() = 1;
  p.a = bench.place(a);
  p.w = bench.place(w);
  p.d = bench.room<std::int32_t>(1);
  bench.run(p);
  EXPECT_THAT(bench.read<std::int32_t>(p.d, 1), ElementsAre((1 << 24) + 1));
  p.bias = p.a;
  EXPECT_THROW(bench.run(p), GpuError);
}

TEST(LoopsIntegerConvolution, PadsWithTheZeroPointAndRoundsHalfToEven) {
  Bench bench;
  IntegerConvolution c;
  c.window = row_of(3);
  c.x_element = Element::u8, c.y_element = Element::u8;
  c.zero_x = 2;
  c.x = bench.place<std::uint8_t>({200, 3, 5});
  c.w = bench.place<std::int8_t>({1, -1, 2});
  c.bias = bench.place<std::int32_t>({10});
  c.scale = bench.place<float>({0.5F});
  c.zero = 7, c.lo = 0, c.hi = 255;
  c.y = bench.room<std::uint8_t>(3);
  bench.run(c);
  // acc + bias: 2 - 200 + 6 + 10 = -182; 200 - 3 + 10 + 10 = 217; 3 - 5 + 4 + 10 = 12.
  // Halves: -91, 108.5, 6; to codes: clamped at 0, 108 + 7, 13.
  EXPECT_THAT(bench.read<std::uint8_t>(c.y, 3), ElementsAre(0, 115, 13));
}

TEST(LoopsIntegerConvolution, ScalesByChannelAndClamps) {
  Bench bench;
  IntegerConvolution c;
  c.K = 3;
  c.x = bench.place<std::int8_t>({100});
  c.w = bench.place<std::int8_t>({1, 1, -1});
  c.bias = bench.place<std::int32_t>({0, 0, 0});
  c.scale = bench.place<float>({0.25F, 1, 1});
  c.lo = -50, c.hi = 60;
  c.y = bench.room<std::int8_t>(3);
  bench.run(c);
  EXPECT_THAT(bench.read<std::int8_t>(c.y, 3), ElementsAre(25, 60, -50));
}

TEST(LoopsIntegerConvolution, AddsTheOtherOperandToTheClampedCode) {
  Bench bench;
  IntegerConvolution c;
  c.x = bench.place<std::int8_t>({100});
  c.w = bench.place<std::int8_t>({2});
  c.bias = bench.place<std::int32_t>({0});
  c.scale = bench.place<float>({1});
  c.zero = -10, c.lo = -10, c.hi = 90;  // 190 becomes 90, 100 above its zero point
  c.other = bench.place<std::uint8_t>({130});
  c.other_element = Element::u8;
  c.other_zero = 120;
  c.own_factor = 0.5F, c.other_factor = 0.25F;
  c.sum_zero = 3;
  c.y = bench.room<std::int8_t>(1);
  bench.run(c);
  EXPECT_THAT(bench.read<std::int8_t>(c.y, 1), ElementsAre(55));  // rint(50 + 2.5) + 3
  c.sum_hi = 40;
  bench.run(c);
  EXPECT_THAT(bench.read<std::int8_t>(c.y, 1), ElementsAre(40));
}

TEST(LoopsIntegerConvolution, MultipliesBatchesOfTwoActivations) {
  Bench bench;
  IntegerConvolution c;
  c.batches = 2;
  c.window.N = 2, c.window.C = 2, c.K = 2;  // [2, 2] times [2, 2] each
  c.x_stride = c.w_stride = c.y_stride = 4;
  c.x = bench.place<std::int8_t>({1, 2, 3, 4, 5, 6, 7, 8});
  c.w = bench.place<std::int8_t>({1, 0, 0, 2, 1, 1, 1, -1});
  c.bias = bench.place<std::int32_t>({0, 0});
  c.scale = bench.place<float>({1, 1});
  c.y = bench.room<std::int8_t>(8);
  bench.run(c);
  EXPECT_THAT(bench.read<std::int8_t>(c.y, 8), ElementsAre(1, 4, 3, 8, 11, -1, 15, -1));
}

TEST(LoopsIntegerConvolution, RefusesReals) {
  Bench bench;
  IntegerConvolution c;
  c.x_element = Element::f32;
  EXPECT_THROW(bench.run(c), GpuError);
}

}  // namespace
}  // namespace nnp::gpu
