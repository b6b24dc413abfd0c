// SPDX-License-Identifier: Apache-2.0
// Integer codes by type: dispatch on a value's type, and the numerics kernels as overloads.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <vector>

#include "compiler/ir/tensor.h"
#include "host_runtime/reference/node_error.h"
#include "isa/numerics/numerics.h"

namespace nnp::reference::naive {

/// Calls f(T{}) with the C++ type of u8, s8 or s16 codes.
template <typename F>
decltype(auto) with_code_type(ir::DType type, F&& f) {
  switch (type) {
    case ir::DType::u8:
      return f(std::uint8_t{});
    case ir::DType::s8:
      return f(std::int8_t{});
    case ir::DType::s16:
      return f(std::int16_t{});
    default:
      throw NodeError(std::string("integer operator on ") + ir::to_string(type) + "; it needs u8, s8 or s16");
  }
}

inline auto gemm_kernel(std::uint8_t) { return numerics::best().gemm_u8s8; }
inline auto gemm_kernel(std::int8_t) { return numerics::best().gemm_s8s8; }
inline auto gemm_kernel(std::int16_t) { return numerics::best().gemm_s16s8; }
inline auto requantize_kernel(std::uint8_t) { return numerics::best().requantize_u8; }
inline auto requantize_kernel(std::int8_t) { return numerics::best().requantize_s8; }
inline auto requantize_kernel(std::int16_t) { return numerics::best().requantize_s16; }

/// dst[c][r] = src[r][c], in blocks that stay in the cache.
template <typename T>
void transpose(const T* src, std::size_t rows, std::size_t columns, T* dst) {
  constexpr std::size_t kBlock = 32;
  for (std::size_t r0 = 0; r0 < rows; r0 += kBlock)
    for (std::size_t c0 = 0; c0 < columns; c0 += kBlock)
      for (std::size_t r = r0; r < std::min(rows, r0 + kBlock); ++r)
        for (std::size_t c = c0; c < std::min(columns, c0 + kBlock); ++c)
          dst[c * rows + r] = src[r * columns + c];
}

}  // namespace nnp::reference::naive
