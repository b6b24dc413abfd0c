// SPDX-License-Identifier: Apache-2.0
// Rows of 16-bit numbers set apart, or side by side again: libraries are at their best where every row begins
// at a multiple of 16 bytes.
#include "host_runtime/reference/cuda/grid.cuh"
#include "host_runtime/reference/cuda/kernels.h"

namespace nnp::cuda {
namespace {

template <typename Piece>
__global__ void copy_pieces(Piece* to, const Piece* from, std::uint32_t n, std::int64_t to_pitch,
                            std::int64_t from_pitch, std::int64_t count) {
  for (std::int64_t i = first_element(); i < count; i += element_stride()) {
    const std::int64_t row = i / n, within = i - row * n;
    to[row * to_pitch + within] = from[row * from_pitch + within];
  }
}

template <typename Piece>
void queue(const RowsCopy& c, cudaStream_t stream) {
  constexpr int kElements = sizeof(Piece) / sizeof(std::uint16_t);
  const std::int64_t count = c.rows * (c.n / kElements);
  if (count == 0) return;
  copy_pieces<<<blocks_for(count), kThreads, 0, stream>>>(
      reinterpret_cast<Piece*>(c.to), reinterpret_cast<const Piece*>(c.from),
      static_cast<std::uint32_t>(c.n / kElements), c.to_pitch / kElements, c.from_pitch / kElements, count);
  NNP_CUDA(cudaGetLastError());
}

}  // namespace

void launch(const RowsCopy& c, cudaStream_t stream) {
  const auto in_words = [](std::int64_t value) { return value % 2 == 0; };
  if (in_words(c.n) && in_words(c.to_pitch) && in_words(c.from_pitch) && c.to % 4 == 0 && c.from % 4 == 0)
    queue<std::uint32_t>(c, stream);
  else
    queue<std::uint16_t>(c, stream);
}

}  // namespace nnp::cuda
