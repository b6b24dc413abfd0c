// SPDX-License-Identifier: Apache-2.0
// Real matrix kernels for AVX-512. No library templates: see avx512_vnni.cpp. bf16 goes through widened
// floats: vdpbf16ps adds pairs of products and flushes small numbers, which is another arithmetic.
#include <immintrin.h>

#include <cstring>

#include "isa/numerics/kernel_sets.h"

#define NNP_INLINE [[gnu::always_inline]] static inline

namespace nnp::numerics {
namespace {

struct V {
  using Type = __m512;
  using Mask = __mmask16;
  static constexpr std::size_t kWidth = 16, kRealColumns = 4;
  static constexpr std::size_t kRealRows = 6;  // 24 sums, 4 vectors of weights, 1 of a of 32
  NNP_INLINE Type zero() { return _mm512_setzero_ps(); }
  NNP_INLINE Type set(float x) { return _mm512_set1_ps(x); }
  NNP_INLINE Mask mask(std::size_t columns) {
    return static_cast<Mask>(columns >= kWidth ? 0xFFFFu : (1u << columns) - 1);
  }
  NNP_INLINE Type load(const float* from) { return _mm512_loadu_ps(from); }
  NNP_INLINE Type load(const float* from, Mask mask) { return _mm512_maskz_loadu_ps(mask, from); }
  NNP_INLINE Type widen(__m256i halves) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
  }
  NNP_INLINE Type load(const Bf16* from) {
    return widen(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
  }
  NNP_INLINE Type load(const Bf16* from, Mask mask) { return widen(_mm256_maskz_loadu_epi16(mask, from)); }
  NNP_INLINE void store(float* to, Type value) { _mm512_storeu_ps(to, value); }
  NNP_INLINE void store(float* to, Mask mask, Type value) { _mm512_mask_storeu_ps(to, mask, value); }
  NNP_INLINE Type fma(Type a, Type b, Type c) { return _mm512_fmadd_ps(a, b, c); }
};

#include "isa/numerics/real_gemm.h"

}  // namespace

void gemm_f32_avx512(const float* a, std::size_t lda, const float* b, std::size_t ldb, float* c,
                     std::size_t ldc, std::size_t m, std::size_t n, std::size_t k, bool accumulate) {
  real_gemm(a, lda, b, ldb, c, ldc, m, n, k, accumulate);
}
void gemm_bf16_avx512(const Bf16* a, std::size_t lda, const Bf16* b, std::size_t ldb, float* c,
                      std::size_t ldc, std::size_t m, std::size_t n, std::size_t k, bool accumulate) {
  real_gemm(a, lda, b, ldb, c, ldc, m, n, k, accumulate);
}

}  // namespace nnp::numerics
