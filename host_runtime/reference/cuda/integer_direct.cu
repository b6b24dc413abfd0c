// SPDX-License-Identifier: Apache-2.0
// Integer convolutions that the tensor cores do not take: depthwise, grouped, or of channels that do not fill
// 16 bytes. A thread an element.
#include "host_runtime/reference/cuda/grid.cuh"
#include "host_runtime/reference/cuda/integer_epilogue.cuh"
#include "host_runtime/reference/cuda/kernels.h"

namespace nnp::cuda {
namespace {

__global__ void direct(gpu::IntegerConvolution c, std::int64_t count) {
  const gpu::Window& w = c.window;
  const int channels = w.C / c.groups, filters = c.K / c.groups;
  for (std::int64_t i = first_element(); i < count; i += element_stride()) {
    const auto k = static_cast<int>(i % c.K), q = static_cast<int>(i / c.K % w.Q),
               p = static_cast<int>(i / c.K / w.Q % w.P);
    const std::int64_t image = i / c.K / w.Q / w.P % w.N, batch = i / c.K / w.Q / w.P / w.N;
    const std::int64_t x0 = batch * c.x_stride + image * w.H * w.W * w.C + k / filters * channels,
                       w0 = batch * c.w_stride + static_cast<std::int64_t>(k) * w.R * w.S * channels;
    std::int32_t sum = 0;
    for (int r = 0; r < w.R; ++r)
      for (int s = 0; s < w.S; ++s) {
        const int row = p * w.stride[0] - w.pad[0] + r * w.dilation[0],
                  column = q * w.stride[1] - w.pad[1] + s * w.dilation[1];
        const bool inside = row >= 0 && row < w.H && column >= 0 && column < w.W;
        const std::int64_t pixel = x0 + (static_cast<std::int64_t>(row) * w.W + column) * w.C,
                           tap = w0 + (static_cast<std::int64_t>(r) * w.S + s) * channels;
        for (int ch = 0; ch < channels; ++ch)
          sum += (inside ? code_at(c.x, c.x_element, pixel + ch) : c.zero_x) *
                 element<std::int8_t>(c.w, tap + ch);
      }
    std::int32_t code =
        requantised(c, sum, c.bias ? element<std::int32_t>(c.bias, k) : 0, element<float>(c.scale, k));
    const std::int64_t y = batch * c.y_stride + i % (static_cast<std::int64_t>(w.N) * w.P * w.Q * c.K);
    if (c.other) code = with_other(c, code, code_at(c.other, c.other_element, y));
    reinterpret_cast<std::uint8_t*>(c.y)[y] = static_cast<std::uint8_t>(code);
  }
}

}  // namespace

void launch_direct(const gpu::IntegerConvolution& c, cudaStream_t stream) {
  const std::int64_t count =
      static_cast<std::int64_t>(c.batches) * c.window.N * c.window.P * c.window.Q * c.K;
  if (count == 0) return;
  direct<<<blocks_for(count), kThreads, 0, stream>>>(c, count);
  NNP_CUDA(cudaGetLastError());
}

}  // namespace nnp::cuda
