// SPDX-License-Identifier: Apache-2.0
// What a thread does for a strip of results of a depthwise convolution, four channels of each: for layers of
// reals and of codes, the same members for both.
#pragma once

#include "host_runtime/reference/cuda/fours.cuh"
#include "host_runtime/reference/cuda/integer_epilogue.cuh"

namespace nnp::cuda {

inline constexpr int kStrip = 4;  // results

/// Columns under the windows of a strip.
template <int kWindow, int kStride>
inline constexpr int kColumns = (kStrip - 1) * kStride + kWindow;

/// One thread's four channels of a layer of reals. A tap outside the image adds 0.
template <typename T, int kWindow, int kStride>
class Reals {
 public:
  using Request = gpu::Convolution;
  using Column = Bits<T, 4>;  // a pixel's
  using Weight = float;
  using Sum = float;
  static constexpr int kWeights = kWindow * kWindow;  // of a channel

  static __device__ Weight weight(const Request& c, int channel, int i) {
    return real(element<T>(c.w, static_cast<std::int64_t>(channel) * kWeights + i));
  }

  __device__ Reals(const Request& c, int channel) : c_(c) {
    if (c.bias) load_four_of<T>({c.bias, c.element}, channel, bias_);
  }
  __device__ Column padding() const { return {}; }

  /// Adds row r of the window; `weights` are a channel's four, `apart` from one to the next.
  __device__ __forceinline__ void add(const Column (&columns)[kColumns<kWindow, kStride>],
                                      const Four<Weight>* weights, int apart, int r,
                                      Sum (&sums)[kStrip][4]) const {
#pragma unroll
    for (int s = 0; s < kWindow; ++s) {
      const Four<Weight> four = weights[(r * kWindow + s) * apart];
#pragma unroll
      for (int j = 0; j < kStrip; ++j) {
        const Four<T> column = pack_of<T, 4>(columns[j * kStride + s]);
#pragma unroll
        for (int e = 0; e < 4; ++e) sums[j][e] = fmaf(real(column.of[e]), four.of[e], sums[j][e]);
      }
    }
  }

  /// Writes four channels of a pixel, which begin at element i.
  __device__ __forceinline__ void finish(Sum (&sums)[4], std::int64_t i) const {
    float residual[4];
    if (c_.residual) load_four_of<T>({c_.residual, c_.element}, i, residual);
#pragma unroll
    for (int e = 0; e < 4; ++e) {
      if (c_.bias) sums[e] += bias_[e];
      if (c_.residual) sums[e] += residual[e];
    }
    store_four_of<T>({c_.y, c_.element, 1, 0, c_.lo, c_.hi}, i, sums);
  }

 private:
  const Request c_;  // a copy: stores cannot change it, so what is made of it is made once
  float bias_[4];
};

/// sum + the products of four codes T of x and four s8 of w.
template <typename T>
__device__ __forceinline__ std::int32_t dot(std::uint32_t x, std::int32_t w, std::int32_t sum) {
  if constexpr (std::is_signed_v<T>) return __dp4a(static_cast<std::int32_t>(x), w, sum);
  std::int32_t result;
  asm("dp4a.u32.s32 %0, %1, %2, %3;" : "=r"(result) : "r"(x), "r"(w), "r"(sum));
  return result;
}

/// From four columns of four channels to four channels of four columns.
__device__ __forceinline__ void transpose(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d,
                                          std::uint32_t (&channels)[4]) {
  const std::uint32_t ab_low = __byte_perm(a, b, 0x5140), ab_high = __byte_perm(a, b, 0x7362),
                      cd_low = __byte_perm(c, d, 0x5140), cd_high = __byte_perm(c, d, 0x7362);
  channels[0] = __byte_perm(ab_low, cd_low, 0x5410);
  channels[1] = __byte_perm(ab_low, cd_low, 0x7632);
  channels[2] = __byte_perm(ab_high, cd_high, 0x5410);
  channels[3] = __byte_perm(ab_high, cd_high, 0x7632);
}

/// Of a layer of codes. Adjacent columns of a channel become one word, so that a row of the window is a
/// product of words: four taps an instruction.
template <typename T, int kWindow, int kStride>
class Codes {
 public:
  using Request = gpu::IntegerConvolution;
  using Column = std::uint32_t;
  using Weight = std::int32_t;  // four taps, 0 beyond the window
  using Sum = std::int32_t;
  static constexpr int kPieces = (kWindow + 3) / 4, kWeights = kWindow * kPieces;

  static __device__ Weight weight(const Request& c, int channel, int i) {
    const int r = i / kPieces, first = i % kPieces * 4;
    std::uint32_t word = 0;
    for (int s = first; s < kWindow && s < first + 4; ++s)
      word |= static_cast<std::uint32_t>(element<std::uint8_t>(
                  c.w, (static_cast<std::int64_t>(channel) * kWindow + r) * kWindow + s))
              << 8 * (s - first);
    return static_cast<Weight>(word);
  }

  __device__ Codes(const Request& c, int channel) : c_(c) {
#pragma unroll
    for (int e = 0; e < 4; ++e) {
      bias_[e] = c.bias ? element<std::int32_t>(c.bias, channel + e) : 0;
      scale_[e] = element<float>(c.scale, channel + e);
    }
  }
  __device__ Column padding() const { return static_cast<std::uint32_t>(c_.zero_x & 0xFF) * 0x01010101u; }

  __device__ __forceinline__ void add(const Column (&columns)[kColumns<kWindow, kStride>],
                                      const Four<Weight>* weights, int apart, int r,
                                      Sum (&sums)[kStrip][4]) const {
    constexpr int kCount = kColumns<kWindow, kStride>, kWords = (kCount + 3) / 4;
    const auto column = [&](int i) { return i < kCount ? columns[i] : 0; };
    std::uint32_t words[kWords + 1][4] = {};  // the last holds nothing
#pragma unroll
    for (int i = 0; i < kWords; ++i)
      transpose(column(4 * i), column(4 * i + 1), column(4 * i + 2), column(4 * i + 3), words[i]);
#pragma unroll
    for (int piece = 0; piece < kPieces; ++piece) {
      const Four<Weight> four = weights[(r * kPieces + piece) * apart];
#pragma unroll
      for (int j = 0; j < kStrip; ++j) {
        const int first = j * kStride + 4 * piece, word = first / 4, bits = first % 4 * 8;
#pragma unroll
        for (int e = 0; e < 4; ++e)
          sums[j][e] =
              dot<T>(__funnelshift_r(words[word][e], words[word + 1][e], bits), four.of[e], sums[j][e]);
      }
    }
  }

  __device__ __forceinline__ void finish(Sum (&sums)[4], std::int64_t i) const {
    const std::uint32_t others = c_.other ? element<std::uint32_t>(c_.other, i / 4) : 0;
    std::uint32_t codes = 0;
#pragma unroll
    for (int e = 0; e < 4; ++e) {
      std::int32_t code = requantised(c_, sums[e], bias_[e], scale_[e]);
      if (c_.other) {
        const std::uint32_t other = others >> 8 * e & 0xFF;
        code = with_other(c_, code,
                          c_.other_element == gpu::Element::u8 ? static_cast<std::int32_t>(other)
                                                               : static_cast<std::int8_t>(other));
      }
      codes |= static_cast<std::uint32_t>(code & 0xFF) << 8 * e;
    }
    *reinterpret_cast<std::uint32_t*>(reinterpret_cast<std::uint8_t*>(c_.y) + i) = codes;
  }

 private:
  const Request c_;  // a copy: stores cannot change it, so what is made of it is made once
  std::int32_t bias_[4];
  float scale_[4];
};

}  // namespace nnp::cuda
