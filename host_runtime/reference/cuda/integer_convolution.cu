// SPDX-License-Identifier: Apache-2.0
// Integer convolutions by the matrix instructions of a warp, from compute capability 8.0 on. A block makes a
// tile of pixels x filters; rows of 64 bytes (of one or several taps) arrive aside in kStages buffers, and
// the sums become codes before they leave. No library fuses the requantisation of docs/guide/numerics.md (ADR
// 15).
#include "host_runtime/reference/cuda/integer_tile.cuh"
#include "host_runtime/reference/cuda/kernels.h"

namespace nnp::cuda {
namespace {

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

template <typename T, bool kUnsigned>
__global__ void __launch_bounds__(T::kThreads)
    convolve(const __grid_constant__ gpu::IntegerConvolution c, int pixels) {
  extern __shared__ __align__(128) std::uint8_t shared[];
  const auto base = static_cast<std::uint32_t>(__cvta_generic_to_shared(shared));
  const int m0 = static_cast<int>(blockIdx.x) * T::kM, n0 = static_cast<int>(blockIdx.y) * T::kN;
  const int warp = static_cast<int>(threadIdx.x) / 32, lane = static_cast<int>(threadIdx.x) % 32;
  const int warp_m = warp % T::kWarpsM * T::kWarpM, warp_n = warp / T::kWarpsM * T::kWarpN;
  const int steps = (c.window.R * c.window.S * c.window.C + kDepth - 1) / kDepth;

  std::int32_t sums[T::kWarpM / 16][T::kWarpN / 8][4] = {};
  Copies<T> copies(c, m0, n0, pixels);
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
void queue(const gpu::IntegerConvolution& c, cudaStream_t stream) {
  queue_tile<T>(convolve<T, kUnsigned>, c, stream);
}

template <typename T>
void queue(const gpu::IntegerConvolution& c, cudaStream_t stream) {
  if (c.x_element == gpu::Element::u8)
    queue<T, true>(c, stream);
  else
    queue<T, false>(c, stream);
}

}  // namespace

const char* to_string(IntegerTile tile) {
  switch (tile) {
    case IntegerTile::group128_filters128:
      return "warpgroups, 128 x 128";
    case IntegerTile::group128_filters64:
      return "warpgroups, 128 x 64";
    case IntegerTile::pixels128_filters128:
      return "warps, 128 x 128";
    case IntegerTile::pixels128_filters64:
      return "warps, 128 x 64";
    case IntegerTile::pixels64_filters64:
      break;
  }
  return "warps, 64 x 64";
}

bool runs_here(IntegerTile tile) {
  return (tile != IntegerTile::group128_filters128 && tile != IntegerTile::group128_filters64) ||
         has_warpgroups();
}

bool fits_tensor_cores(const gpu::IntegerConvolution& c) {
  const auto whole = [](std::int64_t value) { return value % kChunk == 0; };
  return c.groups == 1 && whole(c.window.C) && whole(static_cast<std::int64_t>(c.x)) &&
         whole(static_cast<std::int64_t>(c.w)) && whole(static_cast<std::int64_t>(c.y)) &&
         whole(static_cast<std::int64_t>(c.other)) && whole(c.x_stride) && whole(c.w_stride) &&
         (whole(c.y_stride) || c.K % kChunk != 0);
}

void launch(const gpu::IntegerConvolution& c, IntegerTile tile, cudaStream_t stream) {
  switch (tile) {
    case IntegerTile::group128_filters128:
    case IntegerTile::group128_filters64:
      return launch_warpgroups(c, tile == IntegerTile::group128_filters128, stream);
    case IntegerTile::pixels128_filters128:
      return queue<Tile<128, 128, 64, 32>>(c, stream);
    case IntegerTile::pixels128_filters64:
      return queue<Tile<128, 64, 32, 32>>(c, stream);
    case IntegerTile::pixels64_filters64:
      return queue<Tile<64, 64, 32, 32>>(c, stream);
  }
}

}  // namespace nnp::cuda
