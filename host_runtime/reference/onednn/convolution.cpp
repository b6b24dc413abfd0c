// SPDX-License-Identifier: Apache-2.0
// The sizes of a convolution in oneDNN's words.
#include "host_runtime/reference/onednn/code_products.h"

namespace nnp::reference::onednn {

dnnl::memory::dims Convolution::image_dims(std::size_t channels) const {
  return {dim(window.N), dim(channels), dim(height), dim(width)};
}

dnnl::memory::dims Convolution::weight_dims(std::size_t group_channels) const {
  dnnl::memory::dims dims{dim(window.group_filters()), dim(group_channels), dim(window.R), dim(window.S)};
  if (window.group > 1) dims.insert(dims.begin(), dim(window.group));
  return dims;
}

dnnl::memory::dims Convolution::sum_dims() const {
  return {dim(window.N), dim(window.K), dim(window.P), dim(window.Q)};
}

dnnl::convolution_forward::desc Convolution::description(const dnnl::memory::desc& images,
                                                         const dnnl::memory::desc& weights_layout,
                                                         const dnnl::memory::desc& sums) const {
  const naive::Window& w = window;
  // Rows at the end that no window reaches, as negative padding.
  const auto left_over = [](std::size_t size, std::size_t positions, std::ptrdiff_t stride, std::size_t taps,
                            std::ptrdiff_t dilation) {
    return (dim(positions) - 1) * stride + (dim(taps) - 1) * dilation + 1 - dim(size);
  };
  return {dnnl::prop_kind::forward_inference,
          dnnl::algorithm::convolution_direct,
          images,
          weights_layout,
          sums,
          {w.stride_h, w.stride_w},
          {w.dilation_h - 1, w.dilation_w - 1},
          {0, 0},
          {left_over(height, w.P, w.stride_h, w.R, w.dilation_h),
           left_over(width, w.Q, w.stride_w, w.S, w.dilation_w)}};
}

}  // namespace nnp::reference::onednn
