// SPDX-License-Identifier: Apache-2.0
// Requantisation for AVX2, eight sums at a time. No library templates: see avx2.cpp.
#include <immintrin.h>

#include <type_traits>

#include "isa/numerics/kernel_sets.h"

#define NNP_INLINE [[gnu::always_inline]] static inline

namespace nnp::numerics {
namespace {

void requantize_rest(const std::int32_t* acc, const ChannelParam* params, std::uint8_t* y, std::size_t n,
                     OutputRange range) {
  kScalarKernels.requantize_u8(acc, params, y, n, range);
}
void requantize_rest(const std::int32_t* acc, const ChannelParam* params, std::int8_t* y, std::size_t n,
                     OutputRange range) {
  kScalarKernels.requantize_s8(acc, params, y, n, range);
}
void requantize_rest(const std::int32_t* acc, const ChannelParam* params, std::int16_t* y, std::size_t n,
                     OutputRange range) {
  kScalarKernels.requantize_s16(acc, params, y, n, range);
}

/// Even (0x88) or odd (0xDD) words of 8 {bias, scale} records.
template <int PICK>
NNP_INLINE __m256 pick(__m256 first, __m256 second) {
  const __m256 mixed = _mm256_shuffle_ps(first, second, PICK);
  return _mm256_castpd_ps(_mm256_permute4x64_pd(_mm256_castps_pd(mixed), 0xD8));
}

template <typename Y>
void requantize(const std::int32_t* acc, const ChannelParam* params, Y* y, std::size_t n, OutputRange range) {
  constexpr std::int32_t kLo = std::is_same_v<Y, std::uint8_t> ? 0 : sizeof(Y) == 1 ? -128 : -32768;
  if (!within(range, kLo, kLo + (sizeof(Y) == 1 ? 255 : 65535)))
    return requantize_rest(acc, params, y, n, range);
  const __m256 lo = _mm256_set1_ps(static_cast<float>(range.lo - range.zero_point));
  const __m256 hi = _mm256_set1_ps(static_cast<float>(range.hi - range.zero_point));
  const __m256i zero_point = _mm256_set1_epi32(range.zero_point);
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const auto* record = reinterpret_cast<const float*>(params + i);
    const __m256 first = _mm256_loadu_ps(record), second = _mm256_loadu_ps(record + 8);
    const __m256i bias = _mm256_castps_si256(pick<0x88>(first, second));
    const __m256i sum = _mm256_add_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(acc + i)), bias);
    const __m256 product = _mm256_mul_ps(_mm256_cvtepi32_ps(sum), pick<0xDD>(first, second));
    const __m256 clamped = _mm256_min_ps(_mm256_max_ps(product, lo), hi);
    const __m256i code = _mm256_add_epi32(_mm256_cvtps_epi32(clamped), zero_point);
    // The codes are in the type's range, so the saturating packs change nothing; u8 first fits s16 as well.
    const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(code), _mm256_extracti128_si256(code, 1));
    auto* to = reinterpret_cast<__m128i*>(y + i);
    if constexpr (sizeof(Y) == 2) {
      _mm_storeu_si128(to, words);
    } else {
      _mm_storel_epi64(to,
                       std::is_signed_v<Y> ? _mm_packs_epi16(words, words) : _mm_packus_epi16(words, words));
    }
  }
  requantize_rest(acc + i, params + i, y + i, n - i, range);
}

}  // namespace

void requantize_u8_avx2(const std::int32_t* acc, const ChannelParam* params, std::uint8_t* y, std::size_t n,
                        OutputRange range) {
  requantize(acc, params, y, n, range);
}
void requantize_s8_avx2(const std::int32_t* acc, const ChannelParam* params, std::int8_t* y, std::size_t n,
                        OutputRange range) {
  requantize(acc, params, y, n, range);
}
void requantize_s16_avx2(const std::int32_t* acc, const ChannelParam* params, std::int16_t* y, std::size_t n,
                         OutputRange range) {
  requantize(acc, params, y, n, range);
}

}  // namespace nnp::numerics
