// SPDX-License-Identifier: Apache-2.0
// Products of matrices in host memory by a GPU: padded to sizes that its libraries take, and cut into tiles,
// so that neither side holds more than a few of them.
#pragma once

#include <cstdint>
#include <span>

#include "host_runtime/reference/gpu/gpu.h"

namespace nnp::reference {

/// sums [M, N] += left [M, K] times right [K, N]. Rows of left and sums lie `left_stride` and `sum_stride`
/// elements apart; element (k, n) of right at k * term_stride + n * column_stride.
struct ProductSizes {
  std::size_t M, N, K;
  std::size_t left_stride, term_stride, column_stride, sum_stride;
};

/// s8 codes have exact s32 sums, modulo 2^32; f32 reals have f32 sums, added in any order.
template <typename T>
struct SumOf;
template <>
struct SumOf<std::int8_t> {
  using Type = std::int32_t;
};
template <>
struct SumOf<float> {
  using Type = float;
};

/// One of a batch of products of the same sizes.
template <typename T>
struct Factors {
  const T* left;
  const T* right;
  typename SumOf<T>::Type* sums;
};

class HostProducts {
 public:
  /// Three tiles on the GPU, and as much again packed on the host: 192 MiB each.
  static constexpr std::size_t kTileBytes = std::size_t{64} << 20;

  explicit HostProducts(gpu::Gpu& gpu, std::size_t tile_bytes = kTileBytes)
      : gpu_(gpu), tile_bytes_(tile_bytes) {}

  std::size_t tile_bytes() const { return tile_bytes_; }
  /// Throws gpu::GpuError.
  void add(const ProductSizes&, std::span<const Factors<std::int8_t>>);
  void add(const ProductSizes&, std::span<const Factors<float>>);

 private:
  gpu::Gpu& gpu_;
  std::size_t tile_bytes_;
};

}  // namespace nnp::reference
