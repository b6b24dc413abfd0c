// SPDX-License-Identifier: Apache-2.0
// Matrix kernels for AVX2. All codes are widened to 16 bits and multiplied in pairs of k by vpmaddwd, whose
// two products always fit their int32 sum here (b is s8); vpmaddubsw would saturate and is not used.
//
// This file uses no library templates: as compiled here they could be linked into code for lesser hosts.
#include <immintrin.h>

#include <cstring>
#include <type_traits>

#include "isa/numerics/kernel_sets.h"

#define NNP_INLINE [[gnu::always_inline]] static inline

namespace nnp::numerics {
namespace {

constexpr std::size_t kStrip = 16;          // columns: 2 vectors of 8 sums
constexpr std::size_t kBlockColumns = 256;  // packed at a time: 256 KiB with kBlockDepth
constexpr std::size_t kBlockDepth = 512;    // k packed at a time
constexpr std::size_t kRows = 6;            // 12 sums, 2 weights, 1 pair of A fit 16 registers
constexpr std::size_t kFewRows = 4;         // up to here packing does not pay
constexpr std::size_t kPackedBytes = kBlockColumns * kBlockDepth * 2;
static_assert(kPackedBytes + kRows * kBlockDepth * 2 <= kScratchBytes);

/// Sums add modulo 2^32. Not __m256i: GCC would keep the sums of a loop twice for its conversions.
typedef std::uint32_t Sums __attribute__((vector_size(32)));

struct Two {
  __m256i v[2];
};

NNP_INLINE std::size_t smaller(std::size_t a, std::size_t b) { return a < b ? a : b; }

NNP_INLINE __m128i load_row(const std::int8_t* row, std::size_t columns) {
  if (columns >= kStrip) return _mm_loadu_si128(reinterpret_cast<const __m128i*>(row));
  alignas(16) std::int8_t bytes[kStrip] = {};
  std::memcpy(bytes, row, columns);
  return _mm_load_si128(reinterpret_cast<const __m128i*>(bytes));
}

/// Two rows (or one and zeros) of up to 16 weights as pairs of s16, columns in order.
NNP_INLINE Two interleave(const std::int8_t* b, std::size_t ldb, std::size_t rows, std::size_t columns) {
  const __m128i r0 = load_row(b, columns), r1 = rows > 1 ? load_row(b + ldb, columns) : _mm_setzero_si128();
  return {{_mm256_cvtepi8_epi16(_mm_unpacklo_epi8(r0, r1)), _mm256_cvtepi8_epi16(_mm_unpackhi_epi8(r0, r1))}};
}

/// k codes as s16, then a zero where k is odd.
template <typename A>
NNP_INLINE void widen(const A* a, std::size_t k, std::int16_t* to) {
  std::size_t p = 0;
  if constexpr (sizeof(A) == 1) {
    for (; p + 16 <= k; p += 16) {
      const __m128i codes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(a + p));
      const __m256i wide = std::is_signed_v<A> ? _mm256_cvtepi8_epi16(codes) : _mm256_cvtepu8_epi16(codes);
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + p), wide);
    }
  }
  for (; p < k; ++p) to[p] = a[p];
  if (k % 2 != 0) to[k] = 0;
}

/// Weights as laid out by `pack`.
struct Packed {
  const std::int16_t* strip;
  NNP_INLINE Two pair(const Packed& self, std::size_t p, std::size_t) {
    const auto* at = reinterpret_cast<const __m256i*>(self.strip + p * kStrip);
    return {{_mm256_load_si256(at), _mm256_load_si256(at + 1)}};
  }
};
/// Weights as the caller has them.
struct Direct {
  const std::int8_t* b;
  std::size_t ldb, columns;
  NNP_INLINE Two pair(const Direct& self, std::size_t p, std::size_t rows) {
    return interleave(self.b + p * self.ldb, self.ldb, rows, self.columns);
  }
};

struct Sink {  // where one block's sums go
  std::int32_t* c;
  std::size_t ldc, columns;
  bool accumulate;
};

/// Eight sums to `to`, or as many as there are columns from `first` on; memory past those is left alone.
NNP_INLINE void put(Sums sum, std::size_t first, std::int32_t* to, const Sink& sink) {
  auto value = reinterpret_cast<__m256i>(sum);
  auto* whole = reinterpret_cast<__m256i*>(to);
  if (sink.columns >= first + 8) {  // masked stores are slow on some hosts
    if (sink.accumulate) value = _mm256_add_epi32(value, _mm256_loadu_si256(whole));
    return _mm256_storeu_si256(whole, value);
  }
  if (sink.columns <= first) return;
  const __m256i ramp = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  const auto left = static_cast<std::int32_t>(sink.columns - first);
  const __m256i mask = _mm256_cmpgt_epi32(_mm256_set1_epi32(left), ramp);
  if (sink.accumulate) value = _mm256_add_epi32(value, _mm256_maskload_epi32(to, mask));
  _mm256_maskstore_epi32(to, mask, value);
}

template <std::size_t ROWS, typename Weights>
[[gnu::noinline]] void block(const std::int16_t* a, std::size_t k, Weights weights, const Sink& sink) {
  Sums sum[ROWS][2];
#pragma GCC unroll 6
  for (std::size_t r = 0; r < ROWS; ++r) sum[r][0] = sum[r][1] = Sums{};
  for (std::size_t p = 0; p < k; p += 2) {
    const Two w = Weights::pair(weights, p, k - p);
#pragma GCC unroll 6
    for (std::size_t r = 0; r < ROWS; ++r) {
      std::int32_t pair;
      std::memcpy(&pair, a + r * kBlockDepth + p, sizeof pair);
      const __m256i x = _mm256_set1_epi32(pair);
      sum[r][0] += reinterpret_cast<Sums>(_mm256_madd_epi16(x, w.v[0]));
      sum[r][1] += reinterpret_cast<Sums>(_mm256_madd_epi16(x, w.v[1]));
    }
  }
#pragma GCC unroll 6
  for (std::size_t r = 0; r < ROWS; ++r) {
#pragma GCC unroll 2
    for (std::size_t z = 0; z < 2; ++z) put(sum[r][z], 8 * z, sink.c + r * sink.ldc + 8 * z, sink);
  }
}

template <typename Weights>
void blocks(std::size_t rows, const std::int16_t* a, std::size_t k, Weights weights, const Sink& sink) {
  switch (rows) {
    case 1:
      return block<1>(a, k, weights, sink);
    case 2:
      return block<2>(a, k, weights, sink);
    case 3:
      return block<3>(a, k, weights, sink);
    case 4:
      return block<4>(a, k, weights, sink);
    case 5:
      return block<5>(a, k, weights, sink);
    default:
      return block<6>(a, k, weights, sink);
  }
}

/// [strip of 16 columns][pair of k][column][2], each strip kBlockDepth deep.
void pack(const std::int8_t* b, std::size_t ldb, std::size_t columns, std::size_t k, std::int16_t* packed) {
  for (std::size_t j = 0; j < columns; j += kStrip) {
    auto* to = reinterpret_cast<__m256i*>(packed + j * kBlockDepth);
    for (std::size_t p = 0; p < k; p += 2, to += 2) {
      const Two w = interleave(b + p * ldb + j, ldb, k - p, columns - j);
      _mm256_store_si256(to, w.v[0]);
      _mm256_store_si256(to + 1, w.v[1]);
    }
  }
}

template <typename A>
void gemm(const A* a, std::size_t lda, const std::int8_t* b, std::size_t ldb, std::int32_t* c,
          std::size_t ldc, std::size_t m, std::size_t n, std::size_t k, bool accumulate) {
  if (k == 0 && !accumulate) {
    for (std::size_t i = 0; i < m && n > 0; ++i) std::memset(c + i * ldc, 0, n * sizeof *c);
  }
  auto* packed = reinterpret_cast<std::int16_t*>(scratch());
  auto* wide = reinterpret_cast<std::int16_t*>(scratch() + kPackedBytes);
  const bool few = m <= kFewRows;
  const std::size_t block_columns = few ? n : kBlockColumns,
                    block_depth = few ? kBlockDepth / 2 : kBlockDepth;
  for (std::size_t p = 0; p < k; p += block_depth) {
    const std::size_t depth = smaller(k - p, block_depth);
    for (std::size_t j = 0; j < n; j += block_columns) {
      const std::size_t columns = smaller(n - j, block_columns);
      const std::int8_t* weights = b + p * ldb + j;
      if (!few) pack(weights, ldb, columns, depth, packed);
      for (std::size_t i = 0; i < m; i += kRows) {
        const std::size_t rows = smaller(m - i, kRows);
        for (std::size_t r = 0; r < rows; ++r) widen(a + (i + r) * lda + p, depth, wide + r * kBlockDepth);
        for (std::size_t s = 0; s < columns; s += kStrip) {
          const std::size_t width = smaller(columns - s, kStrip);
          const Sink sink{c + i * ldc + j + s, ldc, width, accumulate || p > 0};
          if (few) {
            blocks(rows, wide, depth, Direct{weights + s, ldb, width}, sink);
          } else {
            blocks(rows, wide, depth, Packed{packed + s * kBlockDepth}, sink);
          }
        }
      }
    }
  }
}

// ---- Requantisation.

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

const Kernels kAvx2Kernels = {
    Level::avx2,
    gemm<std::uint8_t>,
    gemm<std::int8_t>,
    gemm<std::int16_t>,
    gemm_f32_avx2,
    gemm_bf16_avx2,
    requantize<std::uint8_t>,
    requantize<std::int8_t>,
    requantize<std::int16_t>,
};

}  // namespace nnp::numerics
