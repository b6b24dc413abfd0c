// SPDX-License-Identifier: Apache-2.0
// Depthwise convolutions of the windows that networks have. A thread makes strips of four results along a
// row, of four channels, one below the other: of the columns that it reads for a strip each serves several
// results, and the rows of one strip are still in the L1 cache for the next. Weights wait in shared memory,
// four channels side by side.
#include "host_runtime/reference/cuda/depthwise_layers.cuh"
#include "host_runtime/reference/cuda/grid.cuh"
#include "host_runtime/reference/cuda/kernels.h"

namespace nnp::cuda {
namespace {

/// Threads of a block: x along fours of channels, y along the results. A thread makes `rows` strips.
template <typename Layer, int kWindow, int kStride>
__global__ void __launch_bounds__(kThreads, 2) depthwise(typename Layer::Request c, int rows) {
  extern __shared__ Four<std::uint32_t> shared[];
  const gpu::Window& w = c.window;
  const int channels = static_cast<int>(blockDim.x) * 4,
            first_channel = static_cast<int>(blockIdx.y) * channels;
  auto* const weights = reinterpret_cast<typename Layer::Weight*>(shared);
  for (int i = static_cast<int>(threadIdx.y * blockDim.x + threadIdx.x); i < Layer::kWeights * channels;
       i += static_cast<int>(blockDim.x * blockDim.y)) {
    const int channel = i / Layer::kWeights, weight = i % Layer::kWeights;
    if (first_channel + channel < w.C)
      weights[weight * channels + channel] = Layer::weight(c, first_channel + channel, weight);
  }
  __syncthreads();

  const auto strips = static_cast<unsigned>(w.Q + kStrip - 1) / kStrip,
             bands = static_cast<unsigned>(w.P + rows - 1) / static_cast<unsigned>(rows);
  const unsigned index = blockIdx.x * blockDim.y + threadIdx.y, band_index = index / strips;
  const auto q = static_cast<int>(index - band_index * strips) * kStrip,
             first_p = static_cast<int>(band_index % bands) * rows;
  const auto image = static_cast<int>(band_index / bands);
  const int channel = first_channel + static_cast<int>(threadIdx.x) * 4;
  if (channel >= w.C || image >= w.N) return;

  using Column = typename Layer::Column;
  constexpr int kUnrolled = kWindow == 3 && sizeof(Column) <= 8 ? 3 : 1;  // what registers allow
  const Layer layer(c, channel);
  const auto* const own = reinterpret_cast<const Four<typename Layer::Weight>*>(shared) + threadIdx.x;
  const int fours = w.C / 4, left = q * kStride - w.pad[1];
  const Column* const x = reinterpret_cast<const Column*>(c.x) +
                          static_cast<std::int64_t>(image) * w.H * w.W * fours + channel / 4;
  for (int p = first_p; p < first_p + rows && p < w.P; ++p) {
    typename Layer::Sum sums[kStrip][4] = {};
#pragma unroll kUnrolled
    for (int r = 0; r < kWindow; ++r) {
      const int row = p * kStride - w.pad[0] + r;
      const bool inside = row >= 0 && row < w.H;
      const Column* const first = x + (row * w.W + left) * fours;
      Column columns[kColumns<kWindow, kStride>];
#pragma unroll
      for (int j = 0; j < kColumns<kWindow, kStride>; ++j) {
        columns[j] = layer.padding();
        // Below 0 is beyond any width, without its sign.
        if (inside && static_cast<unsigned>(left + j) < static_cast<unsigned>(w.W))
          columns[j] = first[j * fours];
      }
      layer.add(columns, own, static_cast<int>(blockDim.x), r, sums);
    }
    const std::int64_t pixel = (static_cast<std::int64_t>(image) * w.P + p) * w.Q + q;
#pragma unroll
    for (int j = 0; j < kStrip; ++j)
      if (q + j < w.Q) layer.finish(sums[j], (pixel + j) * w.C + channel);
  }
}

bool in_strips(const gpu::Window& w) {
  return w.R == w.S && (w.R == 3 || w.R == 5) && w.dilation[0] == 1 && w.dilation[1] == 1 &&
         w.stride[0] == w.stride[1] && (w.stride[0] == 1 || w.stride[0] == 2) &&
         static_cast<std::int64_t>(w.H) * w.W * w.C < std::int64_t{1} << 31;
}

std::int64_t pieces(std::int64_t count, std::int64_t size) { return (count + size - 1) / size; }

template <typename Layer, int kWindow, int kStride>
void queue(const typename Layer::Request& c, cudaStream_t stream) {
  constexpr int kMostFours = 64, kMostRows = 8;
  constexpr std::int64_t kBusy = 1 << 17;  // threads that keep a GPU busy
  const gpu::Window& w = c.window;
  const std::int64_t fours = w.C / 4;
  std::int64_t width = pieces(fours, pieces(fours, kMostFours));
  if (width < fours) width = pieces(width, 8) * 8;  // blocks begin with a whole sector of memory
  const std::int64_t height = kThreads / width, strips = pieces(w.Q, kStrip);
  std::int64_t rows = w.N * strips * w.P * fours / kBusy;
  rows = rows < 1 ? 1 : rows < kMostRows ? rows : kMostRows;
  const dim3 grid(static_cast<unsigned>(pieces(w.N * strips * pieces(w.P, rows), height)),
                  static_cast<unsigned>(pieces(fours, width))),
      block(static_cast<unsigned>(width), static_cast<unsigned>(height));
  const auto bytes = static_cast<std::size_t>(Layer::kWeights * width) * sizeof(Four<typename Layer::Weight>);
  depthwise<Layer, kWindow, kStride><<<grid, block, bytes, stream>>>(c, static_cast<int>(rows));
  NNP_CUDA(cudaGetLastError());
}

template <template <typename, int, int> typename Layer, typename T, typename Request>
void queue_window(const Request& c, cudaStream_t stream) {
  const bool wide = c.window.R == 5, apart = c.window.stride[0] == 2;
  if (wide)
    apart ? queue<Layer<T, 5, 2>, 5, 2>(c, stream) : queue<Layer<T, 5, 1>, 5, 1>(c, stream);
  else
    apart ? queue<Layer<T, 3, 2>, 3, 2>(c, stream) : queue<Layer<T, 3, 1>, 3, 1>(c, stream);
}

}  // namespace

bool launch_depthwise_strips(const gpu::Convolution& c, cudaStream_t stream) {
  if (!in_strips(c.window)) return false;
  if (c.element == gpu::Element::f16)
    queue_window<Reals, __half>(c, stream);
  else if (c.element == gpu::Element::bf16)
    queue_window<Reals, __nv_bfloat16>(c, stream);
  else
    queue_window<Reals, float>(c, stream);
  return true;
}

bool launch_depthwise_strips(const gpu::IntegerConvolution& c, cudaStream_t stream) {
  if (!in_strips(c.window) || c.other % 4 != 0) return false;
  if (c.x_element == gpu::Element::u8)
    queue_window<Codes, std::uint8_t>(c, stream);
  else
    queue_window<Codes, std::int8_t>(c, stream);
  return true;
}

}  // namespace nnp::cuda
