// SPDX-License-Identifier: Apache-2.0
// u8 or s8 codes times s8 weights into s32. Images are padded here, with the zero point, so that oneDNN sees
// no padding and no zero point. An s16 code is 256 * high + low, high s8 and low u8: two products, summed
// modulo 2^32.
#include "host_runtime/reference/onednn/int8_sums.h"

#include <fmt/format.h>

#include "host_runtime/reference/naive/codes.h"
#include "host_runtime/reference/naive/lstm.h"
#include "host_runtime/reference/naive/sums.h"
#include "host_runtime/reference/naive/window.h"

namespace nnp::reference::onednn {
namespace {

using Type = dnnl::memory::data_type;

dnnl::memory::dim dim(std::size_t n) { return static_cast<dnnl::memory::dim>(n); }
Type type_of(std::uint8_t) { return Type::u8; }
Type type_of(std::int8_t) { return Type::s8; }

// product(codes, sums) for 8-bit codes, made to serve 16-bit codes too.
template <typename T, typename Product>
void whole_codes(std::span<const T> codes, std::span<std::int32_t> sums, Product product) {
  if constexpr (sizeof(T) == 1) {
    product(codes, sums);
  } else {
    std::vector<std::int8_t> high(codes.size());
    std::vector<std::uint8_t> low(codes.size());
    for (std::size_t i = 0; i < codes.size(); ++i) {
      high[i] = static_cast<std::int8_t>(codes[i] >> 8);
      low[i] = static_cast<std::uint8_t>(codes[i] & 0xFF);
    }
    std::vector<std::int32_t> high_sums(sums.size());
    product(std::span<const std::int8_t>(high), std::span<std::int32_t>(high_sums));
    product(std::span<const std::uint8_t>(low), sums);
    for (std::size_t i = 0; i < sums.size(); ++i)
      sums[i] = static_cast<std::int32_t>(static_cast<std::uint32_t>(sums[i]) +
                                          256u * static_cast<std::uint32_t>(high_sums[i]));
  }
}

// a [M, K] times w [K, N], w stored with the given strides.
template <typename T>
void multiply(Device& device, std::span<const T> a, const std::int8_t* w, const dnnl::memory::dims& w_strides,
              std::span<std::int32_t> sums, std::size_t M, std::size_t N, std::size_t K) {
  whole_codes(a, sums, [&](auto codes, std::span<std::int32_t> out) {
    const auto a_layout = row_major({dim(M), dim(K)}, type_of(codes[0])),
               y_layout = row_major({dim(M), dim(N)}, Type::s32);
    const dnnl::memory::desc w_layout({dim(K), dim(N)}, Type::s8, w_strides);
    const dnnl::matmul::primitive_desc chosen(
        dnnl::matmul::desc(a_layout, any_layout({dim(K), dim(N)}, Type::s8), y_layout), device.engine);
    device.run(dnnl::matmul(chosen),
               {{DNNL_ARG_SRC, device.over(a_layout, codes.data())},
                {DNNL_ARG_WEIGHTS, device.in_layout(device.over(w_layout, w), chosen.weights_desc())},
                {DNNL_ARG_DST, device.over(y_layout, out.data())}});
  });
}

// NCHW codes to channels last with the padding in place.
template <typename T>
std::vector<T> padded_images(const naive::Window& w, std::span<const T> x, T zero, std::size_t height,
                             std::size_t width) {
  std::vector<T> images(w.N * height * width * w.C, zero);
  for (std::size_t n = 0; n < w.N; ++n)
    for (std::size_t c = 0; c < w.C; ++c)
      for (std::size_t h = 0; h < w.H; ++h)
        for (std::size_t v = 0; v < w.W; ++v) {
          const std::size_t row = h + static_cast<std::size_t>(w.pad_top),
                            column = v + static_cast<std::size_t>(w.pad_left);
          images[((n * height + row) * width + column) * w.C + c] = x[((n * w.C + c) * w.H + h) * w.W + v];
        }
  return images;
}

template <typename T>
void convolve(Device& device, const naive::Window& w, std::span<const T> x, const std::int8_t* weights,
              T zero, std::span<std::int32_t> sums) {
  // What the windows reach, at least the image itself.
  const std::size_t height = w.H + static_cast<std::size_t>(w.pad_top + w.pad_bottom),
                    width = w.W + static_cast<std::size_t>(w.pad_left + w.pad_right);
  const std::vector<T> images = padded_images(w, x, zero, height, width);
  whole_codes(std::span<const T>(images), sums, [&](auto codes, std::span<std::int32_t> out) {
    using Tag = dnnl::memory::format_tag;
    const bool grouped = w.group > 1;
    dnnl::memory::dims weight_dims = {dim(w.K), dim(w.group_channels()), dim(w.R), dim(w.S)};
    if (grouped)
      weight_dims = {dim(w.group), dim(w.group_filters()), dim(w.group_channels()), dim(w.R), dim(w.S)};
    const dnnl::memory::desc x_layout({dim(w.N), dim(w.C), dim(height), dim(width)}, type_of(codes[0]),
                                      Tag::nhwc);
    const dnnl::memory::desc y_layout({dim(w.N), dim(w.K), dim(w.P), dim(w.Q)}, Type::s32, Tag::nhwc);
    const auto left_over = [](std::size_t size, std::size_t positions, std::ptrdiff_t stride,
                              std::size_t taps, std::ptrdiff_t dilation) {
      return (dim(positions) - 1) * stride + (dim(taps) - 1) * dilation + 1 -
             dim(size);  // rows at the end no window reaches, negative
    };
    const dnnl::convolution_forward::desc description(
        dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, x_layout,
        any_layout(weight_dims, Type::s8), y_layout, {w.stride_h, w.stride_w},
        {w.dilation_h - 1, w.dilation_w - 1}, {0, 0},
        {left_over(height, w.P, w.stride_h, w.R, w.dilation_h),
         left_over(width, w.Q, w.stride_w, w.S, w.dilation_w)});
    const dnnl::convolution_forward::primitive_desc chosen(description, device.engine);
    const dnnl::memory stored = device.over(row_major(weight_dims, Type::s8), weights);
    device.run(dnnl::convolution_forward(chosen),
               {{DNNL_ARG_SRC, device.over(x_layout, codes.data())},
                {DNNL_ARG_WEIGHTS, device.in_layout(stored, chosen.weights_desc())},
                {DNNL_ARG_DST, device.over(y_layout, out.data())}});
  });
}

}  // namespace

ir::Tensor int8_conv_sums(Device& device, const naive::Operands& node) {
  const naive::Window w = naive::conv_window(node);
  ir::Tensor sums(ir::DType::i32, naive::conv_sums_shape(node));
  if (sums.size() == 0) return sums;
  const std::int32_t zero = node.input_value(0).quant ? node.input_value(0).quant->zero_point : 0;
  naive::with_code_type(node.input(0).type(), [&](auto type) {
    using T = decltype(type);
    convolve<T>(device, w, node.data<T>(0), node.data<std::int8_t>(1).data(), static_cast<T>(zero),
                sums.data<std::int32_t>());
  });
  return sums;
}

ir::Tensor int8_product_sums(Device& device, const naive::Operands& node) {
  const auto* attributes = std::get_if<ir::GemmAttributes>(&node.node().attributes);
  const ir::Shape &a = node.input(0).shape(), &b = node.input(1).shape();
  if (attributes && attributes->transpose_a)
    node.fail("an integer product's left side must not be transposed");
  if (a.empty() || b.size() != 2) node.fail("integer weights must be a matrix");
  const bool transposed = attributes && attributes->transpose_b;
  const std::int64_t K = transposed ? b[1] : b[0], N = transposed ? b[0] : b[1];
  ir::Tensor sums(ir::DType::i32, naive::gemm_sums_shape(node));
  const std::int64_t M = sums.shape()[0];
  if (a.back() != K || sums.shape()[1] != N || ir::element_count(a) != M * K)
    node.fail(fmt::format("{} times {} does not give {}", naive::to_text(a), naive::to_text(b),
                          naive::to_text(node.output_value().shape)));
  if (sums.size() == 0 || K == 0) return sums;
  const dnnl::memory::dims strides = transposed ? dnnl::memory::dims{1, K} : dnnl::memory::dims{N, 1};
  naive::with_code_type(node.input(0).type(), [&](auto type) {
    using T = decltype(type);
    multiply<T>(device, node.data<T>(0), node.data<std::int8_t>(1).data(), strides, sums.data<std::int32_t>(),
                static_cast<std::size_t>(M), static_cast<std::size_t>(N), static_cast<std::size_t>(K));
  });
  return sums;
}

ir::Tensor int8_lstm_sums(Device& device, const naive::Operands& node) {
  ir::Tensor tensor(ir::DType::i32, naive::lstm_sums_shape(node));
  const ir::LstmParams params = ir::lstm_params(node.graph(), node.node());
  const ir::Tensor joined = naive::lstm_joined_weights(node, params);
  const auto T = static_cast<std::size_t>(params.steps), B = static_cast<std::size_t>(params.batch),
             I = static_cast<std::size_t>(params.input), G = 4 * static_cast<std::size_t>(params.hidden);
  if (tensor.size() == 0) return tensor;
  const auto x = node.data<std::int16_t>(0);
  const std::int8_t* weights = joined.data<std::int8_t>().data();
  const dnnl::memory::dims strides{dim(G), 1};
  const auto sums = tensor.data<std::int32_t>();
  if (I != 0) multiply<std::int16_t>(device, x, weights, strides, sums, T * B, G, I);
  naive::LstmState state = naive::lstm_initial_state(node, params);
  std::vector<std::int32_t> recurrent(B * G);
  for (std::size_t t = 0; t < T; ++t) {
    const auto step = sums.subspan(t * B * G, B * G);
    multiply<std::int16_t>(device, state.h, weights + I * G, strides, recurrent, B, G, G / 4);
    for (std::size_t i = 0; i < step.size(); ++i)
      step[i] = static_cast<std::int32_t>(static_cast<std::uint32_t>(step[i]) +
                                          static_cast<std::uint32_t>(recurrent[i]));
    naive::lstm_step(params, step, state);
  }
  return tensor;
}

}  // namespace nnp::reference::onednn
