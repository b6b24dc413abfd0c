// SPDX-License-Identifier: Apache-2.0
// An integer convolution as one product: pixels [N P Q, R S C] times filters [K, R S C], never written out. A
// block makes a tile of pixels x filters; its rows of 64 bytes (of one or several taps) arrive aside in
// kStages buffers, and the sums become codes before they leave. No library fuses the requantisation of
// docs/guide/numerics.md (ADR 15).
#include "host_runtime/reference/cuda/grid.cuh"
#include "host_runtime/reference/cuda/integer_epilogue.cuh"
#include "host_runtime/reference/cuda/kernels.h"
#include "host_runtime/reference/cuda/warp_mma.cuh"

namespace nnp::cuda {
namespace {

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
  __device__ Copies(const gpu::IntegerConvolution& c, const std::int8_t* padding, int m0, int n0, int pixels)
      : c_(c), padding_(padding), row_(threadIdx.x / kChunks), chunk_(threadIdx.x % kChunks) {
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

  /// Starts the copies of the next 64 bytes of every row.
  __device__ void next(std::uint32_t stage) {
    const gpu::Window& w = c_.window;
    const bool inside_k = r_ < w.R;
    const int dh = r_ * w.dilation[0], dw = s_ * w.dilation[1];
#pragma unroll
    for (int i = 0; i < kPixels; ++i) {
      const int h = h_[i] + dh, v = w_[i] + dw;
      const bool inside = h >= 0 && h < w.H && v >= 0 && v < w.W;
      const std::int8_t* from =
          inside ? image_[i] + (static_cast<std::int64_t>(h) * w.W + v) * w.C + channel_ : padding_;
      copy16_aside(stage + place(row_ + i * T::kRowsApart, chunk_), from, valid_[i] && inside_k);
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
  const std::int8_t* padding_;
  int row_, chunk_, channel_ = 0, r_ = 0, s_ = 0;
  const std::int8_t* image_[kPixels];
  int h_[kPixels], w_[kPixels];
  bool valid_[kPixels];
  const std::int8_t* filter_[kFilters];
  bool filter_valid_[kFilters];
};

template <typename T, bool kUnsigned>
__device__ __forceinline__ void multiply_stage(std::int32_t (&sums)[T::kWarpM / 16][T::kWarpN / 8][4],
                                               std::uint32_t stage, int warp_m, int warp_n, int lane) {
#pragma unroll
  for (int half = 0; half < kDepth / 32; ++half) {
    std::uint32_t a[T::kWarpM / 16][4], b[T::kWarpN / 16][4];
#pragma unroll
    for (int i = 0; i < T::kWarpM / 16; ++i)
      load_matrices(a[i], stage + place(warp_m + i * 16 + lane % 16, half * 2 + lane / 16));
#pragma unroll
    for (int j = 0; j < T::kWarpN / 16; ++j)
      load_matrices(b[j], stage + T::kM * kDepth +
                              place(warp_n + j * 16 + lane % 8 + lane / 16 * 8, half * 2 + lane / 8 % 2));
#pragma unroll
    for (int i = 0; i < T::kWarpM / 16; ++i)
#pragma unroll
      for (int j = 0; j < T::kWarpN / 8; ++j)
        multiply_add<kUnsigned>(sums[i][j], a[i], b[j / 2][j % 2 * 2], b[j / 2][j % 2 * 2 + 1]);
  }
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
      bias[e] = c.bias ? element<std::int32_t>(c.bias, k) : 0;
      scale[e] = element<float>(c.scale, k);
    }
#pragma unroll
    for (int i = 0; i < T::kWarpM / 16; ++i)
#pragma unroll
      for (int upper = 0; upper < 2; ++upper) {
        const int m = warp_m + i * 16 + lane / 4 + upper * 8;
        const std::int32_t first = requantised(c, sums[i][j][upper * 2], bias[0], scale[0]),
                           second = requantised(c, sums[i][j][upper * 2 + 1], bias[1], scale[1]);
        *reinterpret_cast<std::uint16_t*>(shared + m * T::kN + n) =
            static_cast<std::uint16_t>((first & 0xFF) | (second & 0xFF) << 8);
      }
  }
}

__device__ __forceinline__ std::int32_t code_in(const std::uint8_t* bytes, int i, bool is_unsigned) {
  return is_unsigned ? std::int32_t{bytes[i]} : std::int32_t{static_cast<std::int8_t>(bytes[i])};
}

/// The Add, and out: 16 codes at a time where rows are whole chunks.
template <typename T>
__device__ void codes_out(const gpu::IntegerConvolution& c, const std::uint8_t* shared, int m0, int n0,
                          int pixels) {
  const int step = c.K % kChunk == 0 ? kChunk : 1;
  for (int i = threadIdx.x * step; i < T::kM * T::kN; i += T::kThreads * step) {
    const int m = m0 + i / T::kN, n = n0 + i % T::kN;
    if (m >= pixels || n >= c.K) continue;
    const std::int64_t at = blockIdx.z * c.y_stride + static_cast<std::int64_t>(m) * c.K + n;
    alignas(16) std::uint8_t codes[kChunk], others[kChunk];
    if (step == kChunk) {
      *reinterpret_cast<uint4*>(codes) = *reinterpret_cast<const uint4*>(shared + i);
      if (c.other) *reinterpret_cast<uint4*>(others) = *reinterpret_cast<const uint4*>(c.other + at);
    } else {
      codes[0] = shared[i];
      if (c.other) others[0] = *reinterpret_cast<const std::uint8_t*>(c.other + at);
    }
    // The convolution's own codes, [lo, hi], are bytes with a sign where lo is below 0.
    if (c.other)
      for (int e = 0; e < step; ++e)
        codes[e] = static_cast<std::uint8_t>(with_other(
            c, code_in(codes, e, c.lo >= 0), code_in(others, e, c.other_element == gpu::Element::u8)));
    if (step == kChunk)
      *reinterpret_cast<uint4*>(c.y + at) = *reinterpret_cast<const uint4*>(codes);
    else
      *reinterpret_cast<std::uint8_t*>(c.y + at) = codes[0];
  }
}

template <typename T, bool kUnsigned>
__global__ void __launch_bounds__(T::kThreads)
    convolve(const __grid_constant__ gpu::IntegerConvolution c, const std::int8_t* padding, int pixels) {
  extern __shared__ __align__(128) std::uint8_t shared[];
  const auto base = static_cast<std::uint32_t>(__cvta_generic_to_shared(shared));
  const int m0 = static_cast<int>(blockIdx.x) * T::kM, n0 = static_cast<int>(blockIdx.y) * T::kN;
  const int warp = static_cast<int>(threadIdx.x) / 32, lane = static_cast<int>(threadIdx.x) % 32;
  const int warp_m = warp % T::kWarpsM * T::kWarpM, warp_n = warp / T::kWarpsM * T::kWarpN;
  const int steps = (c.window.R * c.window.S * c.window.C + kDepth - 1) / kDepth;

  std::int32_t sums[T::kWarpM / 16][T::kWarpN / 8][4] = {};
  Copies<T> copies(c, padding, m0, n0, pixels);
  for (int stage = 0; stage < kStages - 1; ++stage) {
    if (stage < steps) copies.next(base + stage * T::kStageBytes);
    close_copies();
  }
  for (int step = 0; step < steps; ++step) {
    wait_for_copies<kStages - 2>();
    __syncthreads();
    if (step + kStages - 1 < steps) copies.next(base + (step + kStages - 1) % kStages * T::kStageBytes);
    close_copies();
    multiply_stage<T, kUnsigned>(sums, base + step % kStages * T::kStageBytes, warp_m, warp_n, lane);
  }
  wait_for_copies<0>();
  __syncthreads();
  codes_to_shared<T>(c, sums, shared, n0, warp_m, warp_n, lane);
  __syncthreads();
  codes_out<T>(c, shared, m0, n0, pixels);
}

template <typename T, bool kUnsigned>
void queue(const gpu::IntegerConvolution& c, gpu::Address padding, cudaStream_t stream) {
  const std::int64_t pixels = static_cast<std::int64_t>(c.window.N) * c.window.P * c.window.Q;
  if (pixels > std::numeric_limits<int>::max() - T::kM) fail("IntegerConvolution", "2^31 pixels or more");
  const dim3 grid(static_cast<unsigned>((pixels + T::kM - 1) / T::kM),
                  static_cast<unsigned>((c.K + T::kN - 1) / T::kN), static_cast<unsigned>(c.batches));
  NNP_CUDA(cudaFuncSetAttribute(convolve<T, kUnsigned>, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                T::kSharedBytes));
  convolve<T, kUnsigned><<<grid, T::kThreads, T::kSharedBytes, stream>>>(
      c, reinterpret_cast<const std::int8_t*>(padding), static_cast<int>(pixels));
  NNP_CUDA(cudaGetLastError());
}

template <typename T>
void queue(const gpu::IntegerConvolution& c, gpu::Address padding, cudaStream_t stream) {
  if (c.x_element == gpu::Element::u8)
    queue<T, true>(c, padding, stream);
  else
    queue<T, false>(c, padding, stream);
}

}  // namespace

const char* to_string(IntegerTile tile) {
  switch (tile) {
    case IntegerTile::pixels128_filters128:
      return "128 x 128";
    case IntegerTile::pixels128_filters64:
      return "128 x 64";
    case IntegerTile::pixels64_filters64:
      break;
  }
  return "64 x 64";
}

bool fits_tensor_cores(const gpu::IntegerConvolution& c) {
  const auto whole = [](std::int64_t value) { return value % kChunk == 0; };
  return c.groups == 1 && whole(c.window.C) && whole(static_cast<std::int64_t>(c.x)) &&
         whole(static_cast<std::int64_t>(c.w)) && whole(static_cast<std::int64_t>(c.y)) &&
         whole(static_cast<std::int64_t>(c.other)) && whole(c.x_stride) && whole(c.w_stride) &&
         (whole(c.y_stride) || c.K % kChunk != 0);
}

void launch(const gpu::IntegerConvolution& c, IntegerTile tile, gpu::Address padding, cudaStream_t stream) {
  switch (tile) {
    case IntegerTile::pixels128_filters128:
      return queue<Tile<128, 128, 64, 32>>(c, padding, stream);
    case IntegerTile::pixels128_filters64:
      return queue<Tile<128, 64, 32, 32>>(c, padding, stream);
    case IntegerTile::pixels64_filters64:
      return queue<Tile<64, 64, 32, 32>>(c, padding, stream);
  }
}

}  // namespace nnp::cuda
