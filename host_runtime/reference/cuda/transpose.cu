// SPDX-License-Identifier: Apache-2.0
// Matrices of bytes with rows as columns.
#include "host_runtime/reference/cuda/grid.cuh"
#include "host_runtime/reference/cuda/kernels.h"

namespace nnp::cuda {
namespace {

constexpr int kTile = 64, kWord = 4, kWords = kTile / kWord, kMostBatches = 65535;

/// Words in along the rows and out along the columns, through a tile in shared memory.
__global__ void transpose_tiles(std::uint8_t* to, const std::uint8_t* from, int rows, int columns) {
  __shared__ std::uint32_t words[kTile][kWords + 1];
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(words);
  constexpr int kPitch = (kWords + 1) * kWord;
  const int r0 = static_cast<int>(blockIdx.y) * kTile, c0 = static_cast<int>(blockIdx.x) * kTile;
  const std::int64_t matrix = static_cast<std::int64_t>(blockIdx.z) * rows * columns;
  for (int i = static_cast<int>(threadIdx.x); i < kTile * kWords; i += static_cast<int>(blockDim.x)) {
    const int row = r0 + i / kWords, column = c0 + i % kWords * kWord;
    if (row < rows && column < columns)
      words[i / kWords][i % kWords] = *reinterpret_cast<const std::uint32_t*>(
          from + matrix + static_cast<std::int64_t>(row) * columns + column);
  }
  __syncthreads();
  for (int i = static_cast<int>(threadIdx.x); i < kTile * kWords; i += static_cast<int>(blockDim.x)) {
    const int column = c0 + i / kWords, row = r0 + i % kWords * kWord;
    if (row >= rows || column >= columns) continue;
    const std::uint8_t* const first = bytes + i % kWords * kWord * kPitch + i / kWords;
    std::uint32_t word = 0;
#pragma unroll
    for (int e = 0; e < kWord; ++e) word |= std::uint32_t{first[e * kPitch]} << 8 * e;
    *reinterpret_cast<std::uint32_t*>(to + matrix + static_cast<std::int64_t>(column) * rows + row) = word;
  }
}

__global__ void transpose(std::uint8_t* to, const std::uint8_t* from, int rows, int columns,
                          std::int64_t count) {
  const std::int64_t area = static_cast<std::int64_t>(rows) * columns;
  for (std::int64_t i = first_element(); i < count; i += element_stride()) {
    const std::int64_t batch = i / area, within = i % area, column = within / rows, row = within % rows;
    to[i] = from[batch * area + row * columns + column];
  }
}

}  // namespace

void transpose_bytes(gpu::Address to, gpu::Address from, int rows, int columns, int batches,
                     cudaStream_t stream) {
  const std::int64_t count = static_cast<std::int64_t>(rows) * columns * batches;
  if (count == 0) return;
  auto* const result = reinterpret_cast<std::uint8_t*>(to);
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(from);
  const auto tiles = [](int size) { return static_cast<unsigned>((size + kTile - 1) / kTile); };
  if (rows % kWord == 0 && columns % kWord == 0 && to % kWord == 0 && from % kWord == 0 &&
      batches <= kMostBatches && tiles(rows) <= kMostBatches)
    transpose_tiles<<<dim3(tiles(columns), tiles(rows), static_cast<unsigned>(batches)), kThreads, 0,
                      stream>>>(result, bytes, rows, columns);
  else
    transpose<<<blocks_for(count), kThreads, 0, stream>>>(result, bytes, rows, columns, count);
  NNP_CUDA(cudaGetLastError());
}

}  // namespace nnp::cuda
