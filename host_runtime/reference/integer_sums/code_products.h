// SPDX-License-Identifier: Apache-2.0
// Sums of products of 8-bit codes and s8 weights: all that a judge of integer layers has to bring. What
// integer_sums.h makes of them is the same for oneDNN and for a GPU.
#pragma once

#include <cstdint>
#include <span>

#include "host_runtime/reference/naive/window.h"

namespace nnp::reference {

/// 8-bit codes, all unsigned or all signed.
struct Codes {
  explicit Codes(std::span<const std::uint8_t> codes) : bytes(std::as_bytes(codes)), is_unsigned(true) {}
  explicit Codes(std::span<const std::int8_t> codes) : bytes(std::as_bytes(codes)), is_unsigned(false) {}
  std::span<const std::byte> bytes;
  bool is_unsigned;
};

/// Weight of term k in column n at elements[k * term_stride + n * column_stride].
struct WeightMatrix {
  const std::int8_t* elements;
  std::size_t terms, columns, term_stride, column_stride;
};

/// A convolution over images [N, height, width, C] that hold their padding, to sums [N, P, Q, K]: no padding
/// and no zero point are left.
struct PaddedConvolution {
  naive::Window window;
  std::size_t height, width;
  const std::int8_t* weights;  // [K, C / group, R, S]
};

/// Writes int32 sums, exactly, modulo 2^32.
class CodeProducts {
 public:
  virtual ~CodeProducts() = default;
  /// a [M, terms] times the weights.
  virtual void multiply(const Codes& a, std::size_t M, const WeightMatrix&, std::span<std::int32_t> sums) = 0;
  virtual void convolve(const Codes& images, const PaddedConvolution&, std::span<std::int32_t> sums) = 0;
};

}  // namespace nnp::reference
