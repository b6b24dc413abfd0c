// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/reference/onednn/windows.h"

namespace nnp::reference::onednn {
namespace {

constexpr auto kInference = dnnl::prop_kind::forward_inference;

}  // namespace

dnnl::memory::dims padding_after(const naive::Window& w) {
  const auto needed = [](std::size_t positions, std::ptrdiff_t stride, std::size_t taps,
                         std::ptrdiff_t dilation, std::size_t image, std::ptrdiff_t before) {
    return (dim(positions) - 1) * stride + (dim(taps) - 1) * dilation + 1 - dim(image) - before;
  };
  return {needed(w.P, w.stride_h, w.R, w.dilation_h, w.H, w.pad_top),
          needed(w.Q, w.stride_w, w.S, w.dilation_w, w.W, w.pad_left)};
}

dnnl::memory::dims weight_dims_of(const naive::Window& w) {
  if (w.group > 1) return {dim(w.group), dim(w.group_filters()), dim(w.group_channels()), dim(w.R), dim(w.S)};
  return {dim(w.K), dim(w.group_channels()), dim(w.R), dim(w.S)};
}

dnnl::convolution_forward::desc describe_convolution(const naive::Window& w, const dnnl::memory::desc& source,
                                                     const dnnl::memory::desc& weights,
                                                     const dnnl::memory::desc& bias,
                                                     const dnnl::memory::desc& result) {
  return {kInference,
          dnnl::algorithm::convolution_direct,
          source,
          weights,
          bias,
          result,
          {w.stride_h, w.stride_w},
          {w.dilation_h - 1, w.dilation_w - 1},
          {w.pad_top, w.pad_left},
          padding_after(w)};
}

dnnl::algorithm pooling_algorithm(const ir::Node& node) {
  if (node.op == ir::Op::max_pool) return dnnl::algorithm::pooling_max;
  const auto* attributes = std::get_if<ir::PoolAttributes>(&node.attributes);
  return attributes && attributes->count_include_pad ? dnnl::algorithm::pooling_avg_include_padding
                                                     : dnnl::algorithm::pooling_avg_exclude_padding;
}

bool has_windows_in_padding(const naive::Window& w) {
  const dnnl::memory::dims after = padding_after(w);
  return w.pad_top >= dim(w.R) || w.pad_left >= dim(w.S) || after[0] >= dim(w.R) || after[1] >= dim(w.S);
}

dnnl::pooling_forward::desc describe_pooling(const naive::Window& w, dnnl::algorithm algorithm,
                                             const dnnl::memory::desc& source,
                                             const dnnl::memory::desc& result) {
  return {kInference,
          algorithm,
          source,
          result,
          {w.stride_h, w.stride_w},
          {dim(w.R), dim(w.S)},
          {w.pad_top, w.pad_left},
          padding_after(w)};
}

}  // namespace nnp::reference::onednn
