// SPDX-License-Identifier: Apache-2.0
// What the tensor-core kernels of integer convolutions share: tiles of pixels x filters, their copies into
// shared memory, and the way of the sums out. The convolution is one product, pixels [N P Q, R S C] times
// filters [K, R S C]; the left side is never written out.
#pragma once

#include "host_runtime/reference/cuda/grid.cuh"
#include "host_runtime/reference/cuda/integer_epilogue.cuh"
#include "host_runtime/reference/cuda/warp_mma.cuh"

namespace nnp::cuda {

constexpr int kDepth = 64, kChunk = 16, kChunks = kDepth / kChunk, kStages = 4;

/// kM pixels x kN filters by warps of kWarpM x kWarpN each.
template <int kM_, int kN_, int kWarpM_, int kWarpN_>
struct Tile {
  static constexpr int kM = kM_, kN = kN_, kWarpM = kWarpM_, kWarpN = kWarpN_;
  static constexpr int kWarpsM = kM / kWarpM, kThreads = kWarpsM * (kN / kWarpN) * 32;
  static constexpr int kRowsApart = kThreads / kChunks;  // rows that one thread copies are so far apart
  static constexpr int kStageBytes = (kM + kN) * kDepth, kSharedBytes = kStages * kStageBytes;
  static_assert(kM % kRowsApart == 0 && kN % kRowsApart == 0 && kWarpM % 16 == 0 && kWarpN % 16 == 0);
  static_assert(kM * kN <= kSharedBytes);  // the codes go out through the same memory
};

/// Where chunk `chunk` of row `row` lies: shifted so that eight rows' chunks lie in eight different groups of
/// banks.
__device__ __forceinline__ int place(int row, int chunk) {
  return row * kDepth + (chunk ^ ((row >> 1) & (kChunks - 1))) * kChunk;
}

/// The copies of one thread: one chunk of 16 bytes, over some rows of pixels and of filters, k by k.
template <typename T>
class Copies {
 public:
  __device__ Copies(const gpu::IntegerConvolution& c, int m0, int n0, int pixels)
      : c_(c),
        padding_(static_cast<std::uint32_t>(c.zero_x & 0xFF) * 0x01010101u),
        row_(threadIdx.x / kChunks),
        chunk_(threadIdx.x % kChunks) {
    const gpu::Window& w = c.window;
    channel_ = chunk_ * kChunk;
    settle();
    const auto* x = reinterpret_cast<const std::int8_t*>(c.x) + blockIdx.z * c.x_stride;
    for (int i = 0; i < kPixels; ++i) {
      const int m = m0 + row_ + i * T::kRowsApart, within = m % (w.P * w.Q);
      valid_[i] = m < pixels;
      image_[i] = x + static_cast<std::int64_t>(m / (w.P * w.Q)) * w.H * w.W * w.C;
      h_[i] = within / w.Q * w.stride[0] - w.pad[0];
      w_[i] = within % w.Q * w.stride[1] - w.pad[1];
    }
    const std::int64_t depth = static_cast<std::int64_t>(w.R) * w.S * w.C;
    const auto* weights = reinterpret_cast<const std::int8_t*>(c.w) + blockIdx.z * c.w_stride;
    for (int i = 0; i < kFilters; ++i) {
      const int n = n0 + row_ + i * T::kRowsApart;
      filter_valid_[i] = n < c.K;
      filter_[i] = weights + (filter_valid_[i] ? n * depth : 0) + chunk_ * kChunk;
    }
  }

  /// Starts the copies of the next 64 bytes of every row. Padding is stored, not copied: one place in memory
  /// that the whole GPU reads it from is what all would wait for.
  __device__ void next(std::uint32_t stage) {
    const gpu::Window& w = c_.window;
    const bool inside_k = r_ < w.R;
    const int dh = r_ * w.dilation[0], dw = s_ * w.dilation[1];
#pragma unroll
    for (int i = 0; i < kPixels; ++i) {
      const int h = h_[i] + dh, v = w_[i] + dw;
      const bool inside = h >= 0 && h < w.H && v >= 0 && v < w.W;
      const std::uint32_t to = stage + place(row_ + i * T::kRowsApart, chunk_);
      if (inside && inside_k && valid_[i])
        copy16_aside(to, image_[i] + (static_cast<std::int64_t>(h) * w.W + v) * w.C + channel_, true);
      else
        fill16(to, padding_);
    }
#pragma unroll
    for (int i = 0; i < kFilters; ++i) {
      copy16_aside(stage + T::kM * kDepth + place(row_ + i * T::kRowsApart, chunk_), filter_[i],
                   filter_valid_[i] && inside_k);
      filter_[i] += kDepth;
    }
    channel_ += kDepth;
    settle();
  }

 private:
  static constexpr int kPixels = T::kM / T::kRowsApart, kFilters = T::kN / T::kRowsApart;

  /// A channel past the last is one of the next tap.
  __device__ void settle() {
    const gpu::Window& w = c_.window;
    while (channel_ >= w.C) {
      channel_ -= w.C;
      if (++s_ == w.S) s_ = 0, ++r_;
    }
  }

  const gpu::IntegerConvolution& c_;
  std::uint32_t padding_;
  int row_, chunk_, channel_ = 0, r_ = 0, s_ = 0;
  const std::int8_t* image_[kPixels];
  int h_[kPixels], w_[kPixels];
  bool valid_[kPixels];
  const std::int8_t* filter_[kFilters];
  bool filter_valid_[kFilters];
};

/// Where the code of (pixel m, filter n) of a tile lies: chunks are shifted so that the eight rows a warp
/// writes at once lie in different banks.
template <typename T>
__device__ __forceinline__ int code_place(int m, int n) {
  constexpr int kRowsPerLine = 128 / T::kN, kChunksOfRow = T::kN / kChunk;
  static_assert(128 % T::kN == 0);
  return m * T::kN + (n / kChunk ^ (m / kRowsPerLine & (kChunksOfRow - 1))) * kChunk + n % kChunk;
}

/// Sums to codes, into shared memory as [kM, kN] bytes.
template <typename T>
__device__ void codes_to_shared(const gpu::IntegerConvolution& c,
                                const std::int32_t (&sums)[T::kWarpM / 16][T::kWarpN / 8][4],
                                std::uint8_t* shared, int n0, int warp_m, int warp_n, int lane) {
#pragma unroll
  for (int j = 0; j < T::kWarpN / 8; ++j) {
    const int n = warp_n + j * 8 + lane % 4 * 2;
    std::int32_t bias[2];
    float scale[2];
    for (int e = 0; e < 2; ++e) {
      const int k = n0 + n + e < c.K ? n0 + n + e : c.K - 1;
      bias[e] = c.bias ? __ldg(&element<std::int32_t>(c.bias, k)) : 0;  // no store is in the way of these
      scale[e] = __ldg(&element<float>(c.scale, k));
    }
#pragma unroll
    for (int i = 0; i < T::kWarpM / 16; ++i)
#pragma unroll
      for (int upper = 0; upper < 2; ++upper) {
        const int m = warp_m + i * 16 + lane / 4 + upper * 8;
        const std::int32_t first = requantised(c, sums[i][j][upper * 2], bias[0], scale[0]),
                           second = requantised(c, sums[i][j][upper * 2 + 1], bias[1], scale[1]);
        *reinterpret_cast<std::uint16_t*>(shared + code_place<T>(m, n)) =
            static_cast<std::uint16_t>(__byte_perm(first, second, 0x0040));
      }
  }
}

/// The Add, and out, 16 codes at a time. K is a multiple of 16. What is added is on its way for all of a
/// thread's chunks before the first is looked at.
template <typename T>
__device__ void chunks_out(const gpu::IntegerConvolution& c, const std::uint8_t* shared, int m0, int n0,
                           int pixels) {
  constexpr int kMine = T::kM * T::kN / (T::kThreads * kChunk);
  static_assert(kMine * T::kThreads * kChunk == T::kM * T::kN);
  std::int64_t at[kMine];  // below 0 outside
  uint4 others[kMine];
#pragma unroll
  for (int i = 0; i < kMine; ++i) {
    const int first = (i * T::kThreads + static_cast<int>(threadIdx.x)) * kChunk;
    const int m = m0 + first / T::kN, n = n0 + first % T::kN;
    at[i] = m < pixels && n < c.K ? blockIdx.z * c.y_stride + static_cast<std::int64_t>(m) * c.K + n : -1;
    if (c.other && at[i] >= 0) others[i] = __ldg(reinterpret_cast<const uint4*>(c.other + at[i]));
  }
#pragma unroll
  for (int i = 0; i < kMine; ++i) {
    if (at[i] < 0) continue;
    const int first = (i * T::kThreads + static_cast<int>(threadIdx.x)) * kChunk;
    uint4 codes = *reinterpret_cast<const uint4*>(shared + code_place<T>(first / T::kN, first % T::kN));
    if (c.other) {
      codes.x = four_with_other(c, codes.x, others[i].x);
      codes.y = four_with_other(c, codes.y, others[i].y);
      codes.z = four_with_other(c, codes.z, others[i].z);
      codes.w = four_with_other(c, codes.w, others[i].w);
    }
    *reinterpret_cast<uint4*>(c.y + at[i]) = codes;
  }
}

/// The same a code at a time, for any K.
template <typename T>
__device__ void codes_out(const gpu::IntegerConvolution& c, const std::uint8_t* shared, int m0, int n0,
                          int pixels) {
  if (c.K % kChunk == 0) return chunks_out<T>(c, shared, m0, n0, pixels);
  for (int i = static_cast<int>(threadIdx.x); i < T::kM * T::kN; i += T::kThreads) {
    const int m = m0 + i / T::kN, n = n0 + i % T::kN;
    if (m >= pixels || n >= c.K) continue;
    const std::int64_t at = blockIdx.z * c.y_stride + static_cast<std::int64_t>(m) * c.K + n;
    std::uint32_t code = shared[code_place<T>(i / T::kN, i % T::kN)];
    if (c.other) code = four_with_other(c, code, element<std::uint8_t>(c.other, at));
    reinterpret_cast<std::uint8_t*>(c.y)[at] = static_cast<std::uint8_t>(code);
  }
}

/// Queues a kernel of this tile over all pixels, filters and batches.
template <typename T, typename Kernel>
void queue_tile(Kernel kernel, const gpu::IntegerConvolution& c, cudaStream_t stream) {
  const std::int64_t pixels = static_cast<std::int64_t>(c.window.N) * c.window.P * c.window.Q;
  if (pixels > std::numeric_limits<int>::max() - T::kM) fail("IntegerConvolution", "2^31 pixels or more");
  const dim3 grid(static_cast<unsigned>((pixels + T::kM - 1) / T::kM),
                  static_cast<unsigned>((c.K + T::kN - 1) / T::kN), static_cast<unsigned>(c.batches));
  NNP_CUDA(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, T::kSharedBytes));
  kernel<<<grid, T::kThreads, T::kSharedBytes, stream>>>(c, static_cast<int>(pixels));
  NNP_CUDA(cudaGetLastError());
}

}  // namespace nnp::cuda
