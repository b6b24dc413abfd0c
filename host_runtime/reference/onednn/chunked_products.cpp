// SPDX-License-Identifier: Apache-2.0
// The same sums by float32 kernels: codes and weights as whole floats, a stretch of terms at a time, each
// short enough to be exact, added up in 32-bit integers. oneDNN's reorders turn codes into floats and sums
// into integers.
#include <algorithm>
#include <cstdlib>

#include "host_runtime/reference/onednn/code_products.h"

namespace nnp::reference::onednn {
namespace {

using Type = dnnl::memory::data_type;

template <typename T>
std::int64_t largest_magnitude(std::span<const std::byte> bytes) {
  std::int32_t largest = 0;
  for (const std::byte byte : bytes)
    largest = std::max(largest, std::abs(static_cast<std::int32_t>(static_cast<T>(byte))));
  return largest;
}
std::int64_t largest_magnitude(const Codes& codes) {
  return codes.is_unsigned ? largest_magnitude<std::uint8_t>(codes.bytes)
                           : largest_magnitude<std::int8_t>(codes.bytes);
}

// oneDNN's environment may allow float32 kernels to compute in bfloat16.
dnnl::primitive_attr in_full_float32() {
  dnnl::primitive_attr attribute;
  attribute.set_fpmath_mode(dnnl::fpmath_mode::strict);
  return attribute;
}

// `result`, whole floats in any layout, to the sums, which lie as `layout` says; modulo 2^32.
void add(Device& device, const dnnl::memory& result, const dnnl::memory::desc& layout,
         std::span<std::int32_t> sums) {
  const dnnl::memory integers = device.in_layout(result, layout);
  const auto* part = static_cast<const std::int32_t*>(integers.get_data_handle());
  for (std::size_t i = 0; i < sums.size(); ++i)
    sums[i] =
        static_cast<std::int32_t>(static_cast<std::uint32_t>(sums[i]) + static_cast<std::uint32_t>(part[i]));
}

void multiply_stretch(Device& device, const Codes& a, std::size_t M, const WeightMatrix& w, std::size_t first,
                      std::size_t last, std::span<std::int32_t> sums) {
  const dnnl::memory::dims a_dims{dim(M), dim(last - first)}, w_dims{dim(last - first), dim(w.columns)},
      y_dims{dim(M), dim(w.columns)};
  const dnnl::matmul::primitive_desc chosen(
      dnnl::matmul::desc(row_major(a_dims, Type::f32), any_layout(w_dims, Type::f32),
                         row_major(y_dims, Type::f32)),
      in_full_float32(), device.engine);
  const dnnl::memory codes =
      device.over({a_dims, element_type(a), dnnl::memory::dims{dim(w.terms), 1}}, a.bytes.data() + first);
  const dnnl::memory weights =
      device.over({w_dims, Type::s8, dnnl::memory::dims{dim(w.term_stride), dim(w.column_stride)}},
                  w.elements + first * w.term_stride);
  const dnnl::memory result = device.make(chosen.dst_desc());
  device.run(dnnl::matmul(chosen), {{DNNL_ARG_SRC, device.in_layout(codes, chosen.src_desc())},
                                    {DNNL_ARG_WEIGHTS, device.in_layout(weights, chosen.weights_desc())},
                                    {DNNL_ARG_DST, result}});
  add(device, result, row_major(y_dims, Type::s32), sums);
}

// Terms count channel by channel, R * S to each. Only the stretch's channels take part, with weight 0 at
// terms outside the stretch. Of a grouped convolution all channels do: a stretch's do not lie together.
void convolve_stretch(Device& device, const Codes& images, const Convolution& c, std::size_t first,
                      std::size_t last, std::span<std::int32_t> sums) {
  const naive::Window& w = c.window;
  const std::size_t taps = w.R * w.S, terms = w.group_channels() * taps;
  const std::size_t begin = w.group > 1 ? 0 : first / taps,
                    end = w.group > 1 ? w.group_channels() : (last + taps - 1) / taps;
  const std::size_t held = (end - begin) * taps;
  std::vector<std::int8_t> part(w.K * held);
  for (std::size_t k = 0; k < w.K; ++k)
    std::copy_n(c.weights + k * terms + first, last - first, part.data() + k * held + first - begin * taps);
  const dnnl::memory::dims x_dims = c.image_dims((end - begin) * w.group),
                           w_dims = c.weight_dims(end - begin), y_dims = c.sum_dims();
  const dnnl::convolution_forward::primitive_desc chosen(
      c.description(any_layout(x_dims, Type::f32), any_layout(w_dims, Type::f32),
                    any_layout(y_dims, Type::f32)),
      in_full_float32(), device.engine);
  const dnnl::memory::dims x_strides{dim(c.height * c.width * w.C), 1, dim(c.width * w.C), dim(w.C)};
  const dnnl::memory codes =
                         device.over({x_dims, element_type(images), x_strides}, images.bytes.data() + begin),
                     weights = device.over(row_major(w_dims, Type::s8), part.data()),
                     result = device.make(chosen.dst_desc());
  device.run(dnnl::convolution_forward(chosen),
             {{DNNL_ARG_SRC, device.in_layout(codes, chosen.src_desc())},
              {DNNL_ARG_WEIGHTS, device.in_layout(weights, chosen.weights_desc())},
              {DNNL_ARG_DST, result}});
  add(device, result, {y_dims, Type::s32, dnnl::memory::format_tag::nhwc}, sums);
}

}  // namespace

void multiply_float(Device& device, const Codes& a, std::size_t M, const WeightMatrix& w,
                    std::span<std::int32_t> sums) {
  const std::size_t length = exact_terms(w, largest_magnitude(a));
  std::ranges::fill(sums, 0);
  for (std::size_t first = 0; first < w.terms; first += length)
    multiply_stretch(device, a, M, w, first, std::min(w.terms, first + length), sums);
}

void convolve_float(Device& device, const Codes& images, const Convolution& c, std::span<std::int32_t> sums) {
  const std::size_t terms = c.window.group_channels() * c.window.R * c.window.S;
  const std::size_t length = exact_terms({c.weights, terms, c.window.K, 1, terms}, largest_magnitude(images));
  std::ranges::fill(sums, 0);
  for (std::size_t first = 0; first < terms; first += length)
    convolve_stretch(device, images, c, first, std::min(terms, first + length), sums);
}

}  // namespace nnp::reference::onednn
