// SPDX-License-Identifier: Apache-2.0
// Sums of products of 8-bit codes and s8 weights by oneDNN, in int32 modulo 2^32, in two ways: by its int8
// kernels, and by its float32 kernels over so few terms at a time that nothing is rounded (exact_terms.h).
#pragma once

#include "host_runtime/reference/onednn/exact_terms.h"
#include "host_runtime/reference/onednn/windows.h"

namespace nnp::reference::onednn {

inline dnnl::memory::data_type element_type(const Codes& codes) {
  return codes.is_unsigned ? dnnl::memory::data_type::u8 : dnnl::memory::data_type::s8;
}

/// In oneDNN's words. It sees neither padding nor zero point.
struct Convolution : PaddedConvolution {
  dnnl::memory::dims image_dims(std::size_t channels) const;
  dnnl::memory::dims weight_dims(std::size_t group_channels) const;
  dnnl::memory::dims sum_dims() const;
  /// The direct algorithm: Winograd's would not sum integers.
  dnnl::convolution_forward::desc description(const dnnl::memory::desc& images,
                                              const dnnl::memory::desc& weights,
                                              const dnnl::memory::desc& sums) const;
};

/// Exact on hosts with AVX-512 VNNI; elsewhere a pair of products may saturate in 16 bits.
void multiply_int8(Device&, const Codes& a, std::size_t M, const WeightMatrix&, std::span<std::int32_t> sums);
void convolve_int8(Device&, const Codes& images, const Convolution&, std::span<std::int32_t> sums);

/// Exact on every host.
void multiply_float(Device&, const Codes& a, std::size_t M, const WeightMatrix&,
                    std::span<std::int32_t> sums);
void convolve_float(Device&, const Codes& images, const Convolution&, std::span<std::int32_t> sums);

}  // namespace nnp::reference::onednn
