// SPDX-License-Identifier: Apache-2.0
// The definition of the matrix kernels: plain loops that every vector kernel must equal bit for bit.

#include <algorithm>
#include <cmath>

#include "isa/numerics/kernel_sets.h"
#include "isa/numerics/rounding.h"

namespace nnp::numerics {
namespace {

template <typename A>
void gemm(const A* a, std::size_t lda, const std::int8_t* b, std::size_t ldb, std::int32_t* c,
          std::size_t ldc, std::size_t m, std::size_t n, std::size_t k, bool accumulate) {
  for (std::size_t i = 0; i < m; ++i) {
    std::int32_t* row = c + i * ldc;
    if (!accumulate) std::fill_n(row, n, 0);
    for (std::size_t p = 0; p < k; ++p) {
      const std::int32_t x = a[i * lda + p];
      const std::int8_t* weights = b + p * ldb;
      for (std::size_t j = 0; j < n; ++j) row[j] = wrapping_add(row[j], x * weights[j]);
    }
  }
}

float real(float x) { return x; }
float real(Bf16 x) { return to_float(x); }

template <typename T>
void real_gemm(const T* a, std::size_t lda, const T* b, std::size_t ldb, float* c, std::size_t ldc,
               std::size_t m, std::size_t n, std::size_t k, bool accumulate) {
  for (std::size_t i = 0; i < m; ++i) {
    float* row = c + i * ldc;
    if (!accumulate) std::fill_n(row, n, 0.0f);
    for (std::size_t p = 0; p < k; ++p) {
      const float x = real(a[i * lda + p]);
      const T* weights = b + p * ldb;
      for (std::size_t j = 0; j < n; ++j) row[j] = std::fma(x, real(weights[j]), row[j]);
    }
  }
}

template <typename Y>
void requantize(const std::int32_t* acc, const ChannelParam* params, Y* y, std::size_t n, OutputRange range) {
  const Finish finish(range);
  for (std::size_t i = 0; i < n; ++i) {
    const auto sum = static_cast<float>(wrapping_add(acc[i], params[i].bias));
    y[i] = finish.exact<Y>(sum * params[i].scale);
  }
}

}  // namespace

const Kernels kScalarKernels = {
    Level::scalar,
    gemm<std::uint8_t>,
    gemm<std::int8_t>,
    gemm<std::int16_t>,
    real_gemm<float>,
    real_gemm<Bf16>,
    requantize<std::uint8_t>,
    requantize<std::int8_t>,
    requantize<std::int16_t>,
};

}  // namespace nnp::numerics
