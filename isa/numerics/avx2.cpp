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

// ---- One row: all of a cache line's columns at once. Weights become u8 by adding 128, as widening those
// takes no crossing of lanes; the sums begin with what that adds.

/// Columns 0-3 and 16-19, 4-7 and 20-23, 8-11 and 24-27, 12-15 and 28-31 of 32.
struct Scrambled {
  Sums v[4];
};

NNP_INLINE void add_pair(Scrambled& sum, __m256i x, __m256i row0, __m256i row1) {
  const __m256i zero = _mm256_setzero_si256();
  const __m256i low = _mm256_unpacklo_epi8(row0, row1), high = _mm256_unpackhi_epi8(row0, row1);
  sum.v[0] += reinterpret_cast<Sums>(_mm256_madd_epi16(x, _mm256_unpacklo_epi8(low, zero)));
  sum.v[1] += reinterpret_cast<Sums>(_mm256_madd_epi16(x, _mm256_unpackhi_epi8(low, zero)));
  sum.v[2] += reinterpret_cast<Sums>(_mm256_madd_epi16(x, _mm256_unpacklo_epi8(high, zero)));
  sum.v[3] += reinterpret_cast<Sums>(_mm256_madd_epi16(x, _mm256_unpackhi_epi8(high, zero)));
}

/// The low (0x20) or high (0x31) halves of both.
template <int HALVES>
NNP_INLINE Sums halves(Sums a, Sums b) {
  return reinterpret_cast<Sums>(
      _mm256_permute2x128_si256(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b), HALVES));
}
NNP_INLINE void put(const Scrambled& sum, std::int32_t* to, const Sink& sink) {
  put(halves<0x20>(sum.v[0], sum.v[1]), 0, to, sink), put(halves<0x20>(sum.v[2], sum.v[3]), 0, to + 8, sink);
  put(halves<0x31>(sum.v[0], sum.v[1]), 0, to + 16, sink),
      put(halves<0x31>(sum.v[2], sum.v[3]), 0, to + 24, sink);
}

/// 32 * HALVES columns, all there.
template <std::size_t HALVES>
[[gnu::noinline]] void row(const std::int16_t* a, std::size_t k, const std::int8_t* b, std::size_t ldb,
                           const Sink& sink) {
  constexpr std::size_t kHalf = 32;
  std::uint32_t total = 0;
  for (std::size_t p = 0; p < k; ++p) total += static_cast<std::uint32_t>(a[p]);
  Scrambled sum[HALVES];
#pragma GCC unroll 2
  for (std::size_t h = 0; h < HALVES; ++h) {
#pragma GCC unroll 4
    for (std::size_t i = 0; i < 4; ++i) sum[h].v[i] = Sums{} - 128 * total;
  }
  const __m256i more = _mm256_set1_epi8(-128);
  const auto load = [&](const std::int8_t* from) __attribute__((always_inline)) {
    return _mm256_xor_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)), more);
  };
  const auto step = [&](std::size_t p, std::size_t second) __attribute__((always_inline)) {
    std::int32_t pair;
    std::memcpy(&pair, a + p, sizeof pair);
    const __m256i x = _mm256_set1_epi32(pair);
    const std::int8_t* rows = b + p * ldb;
#pragma GCC unroll 2
    for (std::size_t h = 0; h < HALVES; ++h)
      add_pair(sum[h], x, load(rows + h * kHalf), load(rows + second * ldb + h * kHalf));
  };
  for (std::size_t p = 0; p + 2 <= k; p += 2) step(p, 1);
  if (k % 2 != 0) step(k - 1, 0);  // times the zero behind a
#pragma GCC unroll 2
  for (std::size_t h = 0; h < HALVES; ++h) put(sum[h], sink.c + h * kHalf, sink);
}

/// As many of the columns as make whole halves of lines; returns how many.
std::size_t whole_lines(const std::int16_t* a, std::size_t k, const std::int8_t* b, std::size_t ldb,
                        std::size_t columns, Sink sink) {
  std::size_t s = 0;
  for (; columns - s >= 64; s += 64, sink.c += 64) row<2>(a, k, b + s, ldb, sink);
  for (; columns - s >= 32; s += 32, sink.c += 32) row<1>(a, k, b + s, ldb, sink);
  return s;
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
        std::size_t s = 0;
        if (few && rows == 1)
          s = whole_lines(wide, depth, weights, ldb, columns,
                          {c + i * ldc + j, ldc, columns, accumulate || p > 0});
        for (; s < columns; s += kStrip) {
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

}  // namespace

const Kernels kAvx2Kernels = {
    Level::avx2,    gemm<std::uint8_t>, gemm<std::int8_t>,  gemm<std::int16_t>,  gemm_f32_avx2,
    gemm_bf16_avx2, requantize_u8_avx2, requantize_s8_avx2, requantize_s16_avx2,
};

}  // namespace nnp::numerics
