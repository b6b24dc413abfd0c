// SPDX-License-Identifier: Apache-2.0
// Elementwise operations.

#include <algorithm>
#include <array>
#include <limits>
#include <type_traits>

#include "isa/numerics/rounding.h"
#include "isa/numerics/vectorised.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace nnp::numerics {
namespace {

/// y[i] = the finished product(i), by the fast rounding where the range allows.
template <typename Y, typename Product>
NNP_INLINE inline void finish_all(Y* y, std::size_t n, OutputRange range, Product product) {
  const Finish finish(range);
  if (finish.small()) {
    for (std::size_t i = 0; i < n; ++i) y[i] = finish.fast<Y>(product(i));
  } else {
    for (std::size_t i = 0; i < n; ++i) y[i] = finish.exact<Y>(product(i));
  }
}

template <typename T>
std::size_t table_index(T code) {
  return static_cast<std::make_unsigned_t<T>>(code);
}

}  // namespace

template <typename A, typename B, typename Y>
void add(const A* a, Scaled sa, const B* b, Scaled sb, Y* y, std::size_t n, OutputRange range) {
  run_vectorised([=]() NNP_INLINE {
    finish_all(y, n, range, [=](std::size_t i) NNP_INLINE {
      const float left = static_cast<float>(wrapping_sub(a[i], sa.zero_point)) * sa.scale;
      const float right = static_cast<float>(wrapping_sub(b[i], sb.zero_point)) * sb.scale;
      return left + right;
    });
  });
}

template <typename A, typename B, typename Y>
void mul(const A* a, Scaled sa, const B* b, Scaled sb, Y* y, std::size_t n, OutputRange range) {
  run_vectorised([=]() NNP_INLINE {
    finish_all(y, n, range, [=](std::size_t i) NNP_INLINE {
      const auto product = wrapping_mul(wrapping_sub(a[i], sa.zero_point), wrapping_sub(b[i], sb.zero_point));
      return static_cast<float>(product) * sa.scale;
    });
  });
}

template <typename A, typename Y>
void lookup8(const A* a, const Y* table, Y* y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) y[i] = table[table_index(a[i])];
}

namespace {

void lookup16_baseline(const std::int16_t* a, const std::int16_t* table, std::int16_t* y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    const std::int32_t u = a[i] + 32768, fraction = u & 127;
    const std::int16_t* entry = table + (u >> 7);
    const std::int32_t here = entry[0], step = entry[1] - here;
    y[i] = static_cast<std::int16_t>(here + ((step * fraction + 64) >> 7));
  }
}

#if defined(__x86_64__)
NNP_AVX2 void lookup16_avx2(const std::int16_t* a, const std::int16_t* table, std::int16_t* y,
                            std::size_t n) {
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const __m256i codes = _mm256_cvtepi16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(a + i)));
    const __m256i u = _mm256_add_epi32(codes, _mm256_set1_epi32(32768));
    // One gather of 32 bits brings t[i] (low) and t[i + 1] (high).
    const __m256i pair =
        _mm256_i32gather_epi32(reinterpret_cast<const int*>(table), _mm256_srli_epi32(u, 7), 2);
    const __m256i here = _mm256_srai_epi32(_mm256_slli_epi32(pair, 16), 16);
    const __m256i step = _mm256_sub_epi32(_mm256_srai_epi32(pair, 16), here);
    const __m256i part = _mm256_mullo_epi32(step, _mm256_and_si256(u, _mm256_set1_epi32(127)));
    const __m256i sum =
        _mm256_add_epi32(here, _mm256_srai_epi32(_mm256_add_epi32(part, _mm256_set1_epi32(64)), 7));
    // Between two entries, so it fits 16 bits and the saturating pack changes nothing.
    const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(y + i), words);
  }
  lookup16_baseline(a + i, table, y + i, n - i);
}
#endif

}  // namespace

void lookup16(const std::int16_t* a, const std::int16_t* table, std::int16_t* y, std::size_t n) {
#if defined(__x86_64__)
  if (has_avx2()) return lookup16_avx2(a, table, y, n);
#endif
  lookup16_baseline(a, table, y, n);
}

template <typename A>
void pool_max(std::span<const A* const> taps, A* y, std::size_t channels) {
  run_vectorised([=]() NNP_INLINE {
    std::fill_n(y, channels, std::numeric_limits<A>::lowest());
    for (const A* const* tap = taps.data(); tap != taps.data() + taps.size(); ++tap) {
      const A* x = *tap;
      for (std::size_t i = 0; i < channels; ++i) y[i] = std::max(y[i], x[i]);
    }
  });
}

template <typename A, typename Y>
void pool_average(std::span<const A* const> taps, std::int32_t source_zero, float scale, Y* y,
                  std::size_t channels, OutputRange range) {
  const std::int32_t offset = wrapping_mul(static_cast<std::int32_t>(taps.size()), source_zero);
  run_vectorised([=]() NNP_INLINE {
    std::array<std::int32_t, 256> sums;
    for (std::size_t first = 0; first < channels; first += sums.size()) {
      const std::size_t count = std::min(sums.size(), channels - first);
      std::int32_t* sum = sums.data();
      std::fill_n(sum, count, 0);
      for (const A* const* tap = taps.data(); tap != taps.data() + taps.size(); ++tap) {
        const A* x = *tap + first;
        for (std::size_t i = 0; i < count; ++i) sum[i] = wrapping_add(sum[i], x[i]);
      }
      finish_all(y + first, count, range, [=](std::size_t i) NNP_INLINE {
        return static_cast<float>(wrapping_sub(sum[i], offset)) * scale;
      });
    }
  });
}

template <typename Y>
void quantize(const float* x, float scale, OutputRange range, Y* y, std::size_t n) {
  run_vectorised(
      [=]() NNP_INLINE { finish_all(y, n, range, [=](std::size_t i) NNP_INLINE { return x[i] / scale; }); });
}

template <typename Y>
void quantize(const float* x, float scale, std::int32_t zero_point, Y* y, std::size_t n) {
  using Limits = std::numeric_limits<Y>;
  quantize(x, scale, OutputRange{zero_point, Limits::lowest(), Limits::max()}, y, n);
}

template <typename A>
void dequantize(const A* a, float scale, std::int32_t zero_point, float* y, std::size_t n) {
  run_vectorised([=]() NNP_INLINE {
    for (std::size_t i = 0; i < n; ++i) y[i] = static_cast<float>(wrapping_sub(a[i], zero_point)) * scale;
  });
}

#define NNP_FOR_A_B_Y(A, B, Y)                                                         \
  template void add(const A*, Scaled, const B*, Scaled, Y*, std::size_t, OutputRange); \
  template void mul(const A*, Scaled, const B*, Scaled, Y*, std::size_t, OutputRange);
#define NNP_FOR_A_Y(A, Y)           \
  NNP_FOR_A_B_Y(A, std::uint8_t, Y) \
  NNP_FOR_A_B_Y(A, std::int8_t, Y)  \
  NNP_FOR_A_B_Y(A, std::int16_t, Y) \
  template void pool_average(std::span<const A* const>, std::int32_t, float, Y*, std::size_t, OutputRange);
#define NNP_FOR_A(A)                                                          \
  NNP_FOR_A_Y(A, std::uint8_t)                                                \
  NNP_FOR_A_Y(A, std::int8_t)                                                 \
  NNP_FOR_A_Y(A, std::int16_t)                                                \
  template void pool_max(std::span<const A* const>, A*, std::size_t);         \
  template void quantize(const float*, float, std::int32_t, A*, std::size_t); \
  template void quantize(const float*, float, OutputRange, A*, std::size_t);  \
  template void dequantize(const A*, float, std::int32_t, float*, std::size_t);
NNP_FOR_A(std::uint8_t)
NNP_FOR_A(std::int8_t)
NNP_FOR_A(std::int16_t)

#define NNP_LOOKUP8(A)                                                              \
  template void lookup8(const A*, const std::uint8_t*, std::uint8_t*, std::size_t); \
  template void lookup8(const A*, const std::int8_t*, std::int8_t*, std::size_t);   \
  template void lookup8(const A*, const std::int16_t*, std::int16_t*, std::size_t);
NNP_LOOKUP8(std::uint8_t)
NNP_LOOKUP8(std::int8_t)

}  // namespace nnp::numerics
