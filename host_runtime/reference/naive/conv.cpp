// SPDX-License-Identifier: Apache-2.0
// Convolution: each image's windows are laid out as the rows of a matrix in [r][s][c] order, padding filled
// with the zero point or 0.0, and multiplied by numerics' kernels: exact sums of codes, or chains of fused
// multiply-adds of reals in that order.
#include <algorithm>
#include <vector>

#include "compiler/ir/quantized.h"
#include "host_runtime/reference/naive/codes.h"
#include "host_runtime/reference/naive/operators.h"
#include "host_runtime/reference/naive/reals.h"
#include "host_runtime/reference/naive/sums.h"
#include "host_runtime/reference/naive/window.h"

namespace nnp::reference::naive {
namespace {

// [K][C/g][R][S] to one [r][s][c] x [k] matrix per group.
template <typename W>
std::vector<W> weight_matrices(const Window& w, std::span<const W> weights) {
  const std::size_t Cg = w.group_channels(), Kg = w.group_filters(), taps = w.R * w.S, depth = Cg * taps;
  std::vector<W> by_k(weights.size()), result(weights.size());
  for (std::size_t k = 0; k < w.K; ++k)
    transpose(weights.data() + k * depth, Cg, taps, by_k.data() + k * depth);
  for (std::size_t g = 0; g < w.group; ++g)
    transpose(by_k.data() + g * Kg * depth, Kg, depth, result.data() + g * Kg * depth);
  return result;
}

// The windows of output positions [first, last) over the channels of one group, a row each.
template <typename T>
void lay_out_windows(const Window& w, const T* image, std::size_t group, T pad, std::size_t first,
                     std::size_t last, T* rows) {
  const std::size_t Cg = w.group_channels();
  for (std::size_t position = first; position < last; ++position)
    for (std::size_t r = 0; r < w.R; ++r)
      for (std::size_t s = 0; s < w.S; ++s, rows += Cg) {
        const std::ptrdiff_t h = w.row(position / w.Q, r), v = w.column(position % w.Q, s);
        if (w.inside(h, v))
          std::copy_n(
              image + (static_cast<std::size_t>(h) * w.W + static_cast<std::size_t>(v)) * w.C + group * Cg,
              Cg, rows);
        else
          std::fill_n(rows, Cg, pad);
      }
}

template <typename T, typename W, typename S, typename Gemm>
void window_sums(const Window& w, std::span<const T> x, std::span<const W> weights, T pad, Gemm gemm,
                 std::span<S> sums) {
  constexpr std::size_t kRowsBytes = std::size_t{256}
                                     << 10;  // of laid-out windows: they stay in a second-level cache
  const std::size_t Cg = w.group_channels(), Kg = w.group_filters(), depth = Cg * w.R * w.S,
                    positions = w.P * w.Q;
  const bool windows_are_pixels = w.R == 1 && w.S == 1 && w.stride_h == 1 && w.stride_w == 1 && w.P == w.H &&
                                  w.Q == w.W && w.pad_top == 0 && w.pad_left == 0;
  const std::size_t chunk = std::clamp<std::size_t>(
      kRowsBytes / (std::max<std::size_t>(depth, 1) * sizeof(T)), 1, std::max<std::size_t>(positions, 1));
  const std::vector<W> matrices = weight_matrices(w, weights);
  std::vector<T> image(w.H * w.W * w.C), rows(windows_are_pixels ? 0 : chunk * depth);
  for (std::size_t n = 0; n < w.N; ++n) {
    transpose(x.data() + n * image.size(), w.C, w.H * w.W, image.data());
    for (std::size_t g = 0; g < w.group; ++g) {
      const W* matrix = matrices.data() + g * Kg * depth;
      S* out = sums.data() + n * positions * w.K + g * Kg;
      if (windows_are_pixels) {
        gemm(image.data() + g * Cg, w.C, matrix, Kg, out, w.K, positions, Kg, depth, false);
        continue;
      }
      for (std::size_t first = 0; first < positions; first += chunk) {
        const std::size_t last = std::min(first + chunk, positions);
        lay_out_windows(w, image.data(), g, pad, first, last, rows.data());
        gemm(rows.data(), depth, matrix, Kg, out + first * w.K, w.K, last - first, Kg, depth, false);
      }
    }
  }
}

}  // namespace

ir::Shape conv_sums_shape(const Operands& node) {
  const ir::Shape& y = node.output_value().shape;
  if (y.size() != 4) node.fail("output must be [N, C, H, W]");
  return {y[0] * y[2] * y[3], y[1]};
}

ir::Tensor conv_sums(const Operands& node) {
  const Window w = conv_window(node);
  ir::Tensor sums(ir::DType::i32, conv_sums_shape(node));
  if (sums.size() == 0) return sums;
  const std::int32_t zero = node.input_value(0).quant ? node.input_value(0).quant->zero_point : 0;
  with_code_type(node.input(0).type(), [&](auto type) {
    using T = decltype(type);
    window_sums<T, std::int8_t, std::int32_t>(w, node.data<T>(0), node.data<std::int8_t>(1),
                                              static_cast<T>(zero), gemm_kernel(type),
                                              sums.data<std::int32_t>());
  });
  return sums;
}

void finish_conv(Call& call, const ir::Tensor& sums) {
  const std::vector<numerics::ChannelParam> params = ir::channel_params(call.graph(), call.node());
  const numerics::OutputRange range = ir::output_range(call.graph(), call.node());
  ir::Tensor& y = call.output();
  const auto images = static_cast<std::size_t>(y.shape()[0]),
             filters = static_cast<std::size_t>(y.shape()[1]);
  if (y.size() == 0) return;
  const std::size_t positions = y.size() / images / filters;
  with_code_type(y.type(), [&](auto type) {
    using T = decltype(type);
    std::vector<T> image(positions * filters);
    for (std::size_t n = 0; n < images; ++n) {
      const std::int32_t* sum = sums.data<std::int32_t>().data() + n * image.size();
      for (std::size_t position = 0; position < positions; ++position)
        requantize_kernel(type)(sum + position * filters, params.data(), &image[position * filters], filters,
                                range);
      transpose(image.data(), positions, filters, &y.data<T>()[n * image.size()]);
    }
  });
}

ir::Tensor real_conv_sums(const Operands& node) {
  const Window w = conv_window(node);
  ir::Tensor sums(ir::DType::f32, conv_sums_shape(node));
  if (sums.size() == 0) return sums;
  with_real_type(node.input(0).type(), [&](auto type) {
    using T = decltype(type);
    window_sums<T, T, float>(w, node.data<T>(0), node.data<T>(1), T{}, real_gemm_kernel(type),
                             sums.data<float>());
  });
  return sums;
}

void finish_real_conv(Call& call, const ir::Tensor& sums) {
  const auto params = channel_params(call, 2, static_cast<std::size_t>(sums.shape()[1]));
  const numerics::RealRange range = ir::real_range(call.node());
  ir::Tensor& y = call.output();
  const std::size_t filters = params.size();
  if (y.size() == 0) return;
  const std::size_t images = static_cast<std::size_t>(y.shape()[0]), positions = y.size() / images / filters;
  with_real_type(y.type(), [&](auto type) {
    using T = decltype(type);
    std::vector<T> image(positions * filters);
    for (std::size_t n = 0; n < images; ++n) {
      const float* sum = sums.data<float>().data() + n * image.size();
      for (std::size_t position = 0; position < positions; ++position)
        finish_row(sum + position * filters, params, range, &image[position * filters]);
      transpose(image.data(), positions, filters, &y.data<T>()[n * image.size()]);
    }
  });
}

void run_conv(Call& call) {
  if (has_sums(call.graph(), call.node())) return finish_conv(call, conv_sums(call));
  finish_real_conv(call, real_conv_sums(call));
}

}  // namespace nnp::reference::naive
