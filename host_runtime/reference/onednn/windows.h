// SPDX-License-Identifier: Apache-2.0
// Convolutions and pooling in oneDNN's words, whatever the element types.
#pragma once

#include "host_runtime/reference/naive/window.h"
#include "host_runtime/reference/onednn/device.h"

namespace nnp::reference::onednn {

inline dnnl::memory::dim dim(std::size_t n) { return static_cast<dnnl::memory::dim>(n); }

/// The padding below and right that makes oneDNN's own formula give P x Q; negative when the last rows are
/// not reached.
dnnl::memory::dims padding_after(const naive::Window&);
/// [K, C, R, S], or [groups, K, C, R, S] of each group.
dnnl::memory::dims weight_dims_of(const naive::Window&);
/// The direct algorithm: Winograd's rounds otherwise. `bias` may be of no dimension.
dnnl::convolution_forward::desc describe_convolution(const naive::Window&, const dnnl::memory::desc& source,
                                                     const dnnl::memory::desc& weights,
                                                     const dnnl::memory::desc& bias,
                                                     const dnnl::memory::desc& result);

dnnl::algorithm pooling_algorithm(const ir::Node&);
/// Windows wholly in the padding are our own business, and oneDNN refuses them.
bool has_windows_in_padding(const naive::Window&);
dnnl::pooling_forward::desc describe_pooling(const naive::Window&, dnnl::algorithm,
                                             const dnnl::memory::desc& source,
                                             const dnnl::memory::desc& result);

}  // namespace nnp::reference::onednn
