// SPDX-License-Identifier: Apache-2.0
// u8 or s8 codes times s8 weights into s32 in one primitive each.
#include "host_runtime/reference/onednn/code_products.h"

namespace nnp::reference::onednn {

using Type = dnnl::memory::data_type;

namespace {

/// [terms, columns] side by side: not every stride has a reorder into the layouts of int8 kernels.
std::vector<std::int8_t> side_by_side(const WeightMatrix& w) {
  std::vector<std::int8_t> elements(w.terms * w.columns);
  for (std::size_t k = 0; k < w.terms; ++k)
    for (std::size_t n = 0; n < w.columns; ++n)
      elements[k * w.columns + n] = w.elements[k * w.term_stride + n * w.column_stride];
  return elements;
}

}  // namespace

void multiply_int8(Device& device, const Codes& a, std::size_t M, const WeightMatrix& w,
                   std::span<std::int32_t> sums) {
  const dnnl::memory::dims w_dims{dim(w.terms), dim(w.columns)};
  const auto a_layout = row_major({dim(M), dim(w.terms)}, element_type(a)),
             y_layout = row_major({dim(M), dim(w.columns)}, Type::s32);
  const std::vector<std::int8_t> weights = side_by_side(w);
  const dnnl::matmul::primitive_desc chosen(
      dnnl::matmul::desc(a_layout, any_layout(w_dims, Type::s8), y_layout), device.engine);
  device.run(dnnl::matmul(chosen),
             {{DNNL_ARG_SRC, device.over(a_layout, a.bytes.data())},
              {DNNL_ARG_WEIGHTS, device.in_layout(device.over(row_major(w_dims, Type::s8), weights.data()),
                                                  chosen.weights_desc())},
              {DNNL_ARG_DST, device.over(y_layout, sums.data())}});
}

void convolve_int8(Device& device, const Codes& images, const Convolution& c, std::span<std::int32_t> sums) {
  using Tag = dnnl::memory::format_tag;
  const dnnl::memory::dims w_dims = c.weight_dims(c.window.group_channels());
  const dnnl::memory::desc x_layout(c.image_dims(c.window.C), element_type(images), Tag::nhwc),
      y_layout(c.sum_dims(), Type::s32, Tag::nhwc);
  const dnnl::convolution_forward::primitive_desc chosen(
      c.description(x_layout, any_layout(w_dims, Type::s8), y_layout), device.engine);
  const dnnl::memory weights = device.over(row_major(w_dims, Type::s8), c.weights);
  device.run(dnnl::convolution_forward(chosen),
             {{DNNL_ARG_SRC, device.over(x_layout, images.bytes.data())},
              {DNNL_ARG_WEIGHTS, device.in_layout(weights, chosen.weights_desc())},
              {DNNL_ARG_DST, device.over(y_layout, sums.data())}});
}

}  // namespace nnp::reference::onednn
