// SPDX-License-Identifier: Apache-2.0
// Real matrix kernels for AVX2 with FMA. No library templates: see avx2.cpp.
#include <immintrin.h>

#include <cstring>

#include "isa/numerics/kernel_sets.h"

#define NNP_INLINE [[gnu::always_inline]] static inline

namespace nnp::numerics {
namespace {

struct V {
  using Type = __m256;
  using Mask = __m256i;
  static constexpr std::size_t kWidth = 8, kRealColumns = 2;
  static constexpr std::size_t kRealRows = 6;  // 12 sums, 2 vectors of weights, 1 of a: 16 registers
  NNP_INLINE Type zero() { return _mm256_setzero_ps(); }
  NNP_INLINE Type set(float x) { return _mm256_set1_ps(x); }
  NNP_INLINE Mask mask(std::size_t columns) {
    const auto left = static_cast<std::int32_t>(columns < kWidth ? columns : kWidth);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(left), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
  NNP_INLINE Type load(const float* from) { return _mm256_loadu_ps(from); }
  NNP_INLINE Type load(const float* from, Mask mask) { return _mm256_maskload_ps(from, mask); }
  NNP_INLINE Type widen(__m128i halves) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16));
  }
  NNP_INLINE Type load(const Bf16* from) {
    return widen(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  }
  /// There is no masked load of 16-bit elements: a copy of those that are there.
  NNP_INLINE Type load(const Bf16* from, Mask mask) {
    const auto bits = static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(mask)));
    if (bits == 0xFF) return load(from);
    alignas(16) Bf16 copy[kWidth] = {};
    std::memcpy(copy, from, static_cast<std::size_t>(__builtin_popcount(bits)) * sizeof *from);
    return load(copy);
  }
  NNP_INLINE void store(float* to, Type value) { _mm256_storeu_ps(to, value); }
  NNP_INLINE void store(float* to, Mask mask, Type value) { _mm256_maskstore_ps(to, mask, value); }
  NNP_INLINE Type fma(Type a, Type b, Type c) { return _mm256_fmadd_ps(a, b, c); }
};

#include "isa/numerics/real_gemm.h"

}  // namespace

void gemm_f32_avx2(const float* a, std::size_t lda, const float* b, std::size_t ldb, float* c,
                   std::size_t ldc, std::size_t m, std::size_t n, std::size_t k, bool accumulate) {
  real_gemm(a, lda, b, ldb, c, ldc, m, n, k, accumulate);
}
void gemm_bf16_avx2(const Bf16* a, std::size_t lda, const Bf16* b, std::size_t ldb, float* c, std::size_t ldc,
                    std::size_t m, std::size_t n, std::size_t k, bool accumulate) {
  real_gemm(a, lda, b, ldb, c, ldc, m, n, k, accumulate);
}

}  // namespace nnp::numerics
