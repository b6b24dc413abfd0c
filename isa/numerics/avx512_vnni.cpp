// SPDX-License-Identifier: Apache-2.0
// Matrix kernels for AVX-512 with VNNI. One vector step multiplies 64 weights: 16 columns by a group of k
// that fills 4 bytes of A (4 of 8 bit, 2 of 16 bit). Weights are interleaved [group][column][k in group],
// packed once per panel where many rows share it, in registers where few do.
//
// vpdpbusd takes u8 x s8 only. For s8 x s8 one side is xored with 0x80, which adds 128 to each code, and 128
// times the other side's sum is taken off again. Nothing saturates: vpdpbusd and vpdpwssd (without the
// trailing s) wrap.
//
// This file uses no library templates: as compiled here they could be linked into code for lesser hosts.
#include <immintrin.h>

#include <cstring>
#include <type_traits>

#include "isa/numerics/kernel_sets.h"

#define NNP_INLINE [[gnu::always_inline]] static inline

namespace nnp::numerics {
namespace {

template <typename A>
constexpr std::size_t kGroup = 4 / sizeof(A);  // k of one step
constexpr std::size_t kPanel = 64;             // columns of a panel: 4 vectors of 16 sums
constexpr std::size_t kPanelGroups = 512;      // k of a panel: 128 KiB of packed weights
constexpr std::size_t kFewRows = 4;            // up to here packing does not pay

struct Four {
  __m512i v[4];
};

NNP_INLINE std::size_t smaller(std::size_t a, std::size_t b) { return a < b ? a : b; }
NNP_INLINE __mmask64 column_mask(std::size_t columns) {
  return columns >= 64 ? ~0ULL : (1ULL << columns) - 1;
}

/// Up to 4 rows of 64 weights, rows past `rows` zero, interleaved; the 64 columns' order is scrambled.
template <typename A>
NNP_INLINE Four interleave(const std::int8_t* b, std::size_t ldb, std::size_t rows, __mmask64 mask) {
  const auto row = [&](std::size_t i) __attribute__((always_inline)) {
    return i < rows ? _mm512_maskz_loadu_epi8(mask, b + i * ldb) : _mm512_setzero_si512();
  };
  if constexpr (sizeof(A) == 2) {
    const __m512i r0 = row(0), r1 = row(1);
    const __m512i lo = _mm512_unpacklo_epi8(r0, r1), hi = _mm512_unpackhi_epi8(r0, r1);
    return {{_mm512_cvtepi8_epi16(_mm512_castsi512_si256(lo)),
             _mm512_cvtepi8_epi16(_mm512_extracti64x4_epi64(lo, 1)),
             _mm512_cvtepi8_epi16(_mm512_castsi512_si256(hi)),
             _mm512_cvtepi8_epi16(_mm512_extracti64x4_epi64(hi, 1))}};
  } else {
    const __m512i r0 = row(0), r1 = row(1), r2 = row(2), r3 = row(3);
    const __m512i lo01 = _mm512_unpacklo_epi8(r0, r1), hi01 = _mm512_unpackhi_epi8(r0, r1);
    const __m512i lo23 = _mm512_unpacklo_epi8(r2, r3), hi23 = _mm512_unpackhi_epi8(r2, r3);
    return {{_mm512_unpacklo_epi16(lo01, lo23), _mm512_unpackhi_epi16(lo01, lo23),
             _mm512_unpacklo_epi16(hi01, hi23), _mm512_unpackhi_epi16(hi01, hi23)}};
  }
}

/// The order of columns that `interleave` left, made natural: for packed weights and for sums alike, both 4
/// bytes a column.
template <typename A>
NNP_INLINE Four unscramble(const Four& x) {
  if constexpr (sizeof(A) ==
                2) {  // vector 0 holds columns 0-7, 16-23; 2 holds 8-15, 24-31; 1 and 3 the same from 32 on
    return {{_mm512_shuffle_i32x4(x.v[0], x.v[2], 0x44), _mm512_shuffle_i32x4(x.v[0], x.v[2], 0xEE),
             _mm512_shuffle_i32x4(x.v[1], x.v[3], 0x44), _mm512_shuffle_i32x4(x.v[1], x.v[3], 0xEE)}};
  } else {  // lane l of vector q holds columns 16 l + 4 q ...: a 4 x 4 transpose of lanes
    const __m512i even01 = _mm512_shuffle_i32x4(x.v[0], x.v[1], 0x88),
                  odd01 = _mm512_shuffle_i32x4(x.v[0], x.v[1], 0xDD);
    const __m512i even23 = _mm512_shuffle_i32x4(x.v[2], x.v[3], 0x88),
                  odd23 = _mm512_shuffle_i32x4(x.v[2], x.v[3], 0xDD);
    return {{_mm512_shuffle_i32x4(even01, even23, 0x88), _mm512_shuffle_i32x4(odd01, odd23, 0x88),
             _mm512_shuffle_i32x4(even01, even23, 0xDD), _mm512_shuffle_i32x4(odd01, odd23, 0xDD)}};
  }
}

/// One group of A's row in every lane; past `count` elements zero.
template <typename A>
NNP_INLINE __m512i broadcast(const A* a, std::size_t count = kGroup<A>) {
  std::int32_t word = 0;
  std::memcpy(&word, a, count * sizeof(A));
  return _mm512_set1_epi32(word);
}

NNP_INLINE void store(const __m512i& sum, __mmask16 mask, std::int32_t* to, bool accumulate) {
  if (mask == 0) return;
  const __m512i before = accumulate ? _mm512_maskz_loadu_epi32(mask, to) : _mm512_setzero_si512();
  _mm512_mask_storeu_epi32(to, mask, _mm512_add_epi32(sum, before));
}

// ---- Many rows: pack a panel, then blocks of ROWS x (16 NZ) sums in registers.

/// Packs k x columns weights; `start` gets what the sums of each column begin with.
template <typename A>
void pack(const std::int8_t* b, std::size_t ldb, std::size_t columns, std::size_t k, std::uint8_t* packed,
          std::int32_t* start) {
  const std::size_t vectors = (columns + 15) / 16;
  const __mmask64 mask = column_mask(columns);
  Four sums;
  for (__m512i& sum : sums.v) sum = _mm512_setzero_si512();
  const auto group = [&](std::size_t rows) __attribute__((always_inline)) {
    const Four x = unscramble<A>(interleave<A>(b, ldb, rows, mask));
#pragma GCC unroll 4
    for (std::size_t z = 0; z < 4; ++z) {
      if (z < vectors) _mm512_store_si512(packed + 64 * z, x.v[z]);
      if constexpr (std::is_same_v<A, std::int8_t>)
        sums.v[z] = _mm512_dpbusd_epi32(sums.v[z], _mm512_set1_epi8(1), x.v[z]);
    }
    packed += 64 * vectors;
    b += rows * ldb;
  };
  for (std::size_t groups = k / kGroup<A>; groups > 0; --groups) group(kGroup<A>);
  if (k % kGroup<A> != 0) group(k % kGroup<A>);
#pragma GCC unroll 4
  for (std::size_t z = 0; z < 4; ++z) {  // -128 * sum where A will be xored
    _mm512_store_si512(start + 16 * z,
                       _mm512_sub_epi32(_mm512_setzero_si512(), _mm512_slli_epi32(sums.v[z], 7)));
  }
}

template <typename A>
NNP_INLINE __m512i packed_step(__m512i sum, __m512i a, __m512i weights) {
  if constexpr (sizeof(A) == 2) return _mm512_dpwssd_epi32(sum, a, weights);
  return _mm512_dpbusd_epi32(sum, a, weights);
}

struct Sink {  // where one block's sums go
  std::int32_t* c;
  std::size_t ldc;
  __mmask16 last;  // columns of the last vector
  bool accumulate;
};

template <typename A, std::size_t ROWS, std::size_t NZ>
[[gnu::noinline]] void block(const A* a, std::size_t lda, std::size_t k, const std::uint8_t* packed,
                             const std::int32_t* start, const Sink& sink) {
  __m512i sum[ROWS][NZ];
#pragma GCC unroll 8
  for (std::size_t r = 0; r < ROWS; ++r) {
#pragma GCC unroll 4
    for (std::size_t z = 0; z < NZ; ++z) sum[r][z] = _mm512_load_si512(start + 16 * z);
  }
  const auto step = [&](std::size_t count) __attribute__((always_inline)) {
    __m512i weights[NZ];
#pragma GCC unroll 4
    for (std::size_t z = 0; z < NZ; ++z) weights[z] = _mm512_load_si512(packed + 64 * z);
#pragma GCC unroll 8
    for (std::size_t r = 0; r < ROWS; ++r) {
      __m512i x = broadcast<A>(a + r * lda, count);
      if constexpr (std::is_same_v<A, std::int8_t>) x = _mm512_xor_si512(x, _mm512_set1_epi8(-128));
#pragma GCC unroll 4
      for (std::size_t z = 0; z < NZ; ++z) sum[r][z] = packed_step<A>(sum[r][z], x, weights[z]);
    }
    packed += 64 * NZ;
    a += count;
  };
  for (std::size_t groups = k / kGroup<A>; groups > 0; --groups) step(kGroup<A>);
  if (k % kGroup<A> != 0) step(k % kGroup<A>);
#pragma GCC unroll 8
  for (std::size_t r = 0; r < ROWS; ++r) {
#pragma GCC unroll 4
    for (std::size_t z = 0; z < NZ; ++z) {
      const __mmask16 mask = z + 1 == NZ ? sink.last : static_cast<__mmask16>(0xFFFF);
      store(sum[r][z], mask, sink.c + r * sink.ldc + 16 * z, sink.accumulate);
    }
  }
}

/// All m rows of one panel.
template <typename A, std::size_t NZ>
void panel(const A* a, std::size_t lda, std::size_t m, std::size_t k, const std::uint8_t* packed,
           const std::int32_t* start, Sink sink) {
  constexpr std::size_t kRows = NZ == 4 ? 6 : 8;  // 24 sums, the weights and one group of A fit 32 registers
  const auto rows = [&](auto count) __attribute__((always_inline)) {
    constexpr std::size_t kCount = decltype(count)::value;
    for (; m >= kCount; m -= kCount) {
      block<A, kCount, NZ>(a, lda, k, packed, start, sink);
      a += kCount * lda;
      sink.c += kCount * sink.ldc;
    }
  };
  rows(std::integral_constant<std::size_t, kRows>{});
  rows(std::integral_constant<std::size_t, 4>{});
  rows(std::integral_constant<std::size_t, 2>{});
  rows(std::integral_constant<std::size_t, 1>{});
}

template <typename A>
void gemm_packed(const A* a, std::size_t lda, const std::int8_t* b, std::size_t ldb, std::int32_t* c,
                 std::size_t ldc, std::size_t m, std::size_t n, std::size_t k, bool accumulate) {
  alignas(64) std::int32_t start[kPanel];
  std::uint8_t* packed = scratch();
  for (std::size_t p = 0; p < k; p += kPanelGroups * kGroup<A>) {
    const std::size_t depth = smaller(k - p, kPanelGroups * kGroup<A>);
    for (std::size_t j = 0; j < n; j += kPanel) {
      const std::size_t columns = smaller(n - j, kPanel);
      pack<A>(b + p * ldb + j, ldb, columns, depth, packed, start);
      const auto last = static_cast<__mmask16>(0xFFFFU >> ((16 - columns % 16) % 16));
      const Sink sink{c + j, ldc, last, accumulate || p > 0};
      switch ((columns + 15) / 16) {
        case 1:
          panel<A, 1>(a + p, lda, m, depth, packed, start, sink);
          break;
        case 2:
          panel<A, 2>(a + p, lda, m, depth, packed, start, sink);
          break;
        case 3:
          panel<A, 3>(a + p, lda, m, depth, packed, start, sink);
          break;
        default:
          panel<A, 4>(a + p, lda, m, depth, packed, start, sink);
          break;
      }
    }
  }
}

// ---- Few rows: weights go from memory through the interleave into the sums.

/// As packed_step, but for s8 the weights are the xored side: A's sum is cheaper to know here.
template <typename A>
NNP_INLINE __m512i direct_step(__m512i sum, __m512i a, __m512i weights) {
  if constexpr (std::is_same_v<A, std::int8_t>) return _mm512_dpbusd_epi32(sum, weights, a);
  return packed_step<A>(sum, a, weights);
}

template <typename A>
std::int32_t row_start(const A* a, std::size_t k) {
  std::int32_t sum = 0;
  if constexpr (std::is_same_v<A, std::int8_t>) {
    for (std::size_t p = 0; p < k; ++p) sum += a[p];
  }
  return -128 * sum;
}

/// Panels side by side: one row of A keeps few sums, so it takes more columns, which also reads memory in
/// longer runs.
template <std::size_t ROWS>
constexpr std::size_t kDirectPanels = ROWS == 1   ? 4
                                      : ROWS == 2 ? 2
                                                  : 1;

template <typename A, std::size_t ROWS, std::size_t PANELS>
[[gnu::noinline]] void direct(const A* a, std::size_t lda, const std::int8_t* b, std::size_t ldb,
                              std::int32_t* c, std::size_t ldc, std::size_t n, std::size_t k,
                              bool accumulate) {
  std::int32_t start[ROWS];
  for (std::size_t r = 0; r < ROWS; ++r) start[r] = row_start(a + r * lda, k);
  for (std::size_t j = 0; j < n; j += PANELS * kPanel) {
    __mmask64 mask[PANELS];
    Four sum[ROWS][PANELS];
#pragma GCC unroll 4
    for (std::size_t q = 0; q < PANELS; ++q) {
      mask[q] = j + q * kPanel < n ? column_mask(n - j - q * kPanel) : 0;
#pragma GCC unroll 4
      for (std::size_t r = 0; r < ROWS; ++r) {
#pragma GCC unroll 4
        for (std::size_t z = 0; z < 4; ++z) sum[r][q].v[z] = _mm512_set1_epi32(start[r]);
      }
    }
    const A* x = a;
    const std::int8_t* rows = b + j;
    const auto step = [&](std::size_t count) __attribute__((always_inline)) {
#pragma GCC unroll 4
      for (std::size_t q = 0; q < PANELS; ++q) {
        Four weights = interleave<A>(rows + q * kPanel, ldb, count, mask[q]);
#pragma GCC unroll 4
        for (std::size_t z = 0; z < 4; ++z) {
          if constexpr (std::is_same_v<A, std::int8_t>)
            weights.v[z] = _mm512_xor_si512(weights.v[z], _mm512_set1_epi8(-128));
#pragma GCC unroll 4
          for (std::size_t r = 0; r < ROWS; ++r) {
            sum[r][q].v[z] = direct_step<A>(sum[r][q].v[z], broadcast<A>(x + r * lda, count), weights.v[z]);
          }
        }
      }
      x += count;
      rows += count * ldb;
    };
    for (std::size_t groups = k / kGroup<A>; groups > 0; --groups) step(kGroup<A>);
    if (k % kGroup<A> != 0) step(k % kGroup<A>);
#pragma GCC unroll 4
    for (std::size_t r = 0; r < ROWS; ++r) {
#pragma GCC unroll 4
      for (std::size_t q = 0; q < PANELS; ++q) {
        const Four result = unscramble<A>(sum[r][q]);
        std::int32_t* to = c + r * ldc + j + q * kPanel;
#pragma GCC unroll 4
        for (std::size_t z = 0; z < 4; ++z) {
          store(result.v[z], static_cast<__mmask16>(mask[q] >> (16 * z)), to + 16 * z, accumulate);
        }
      }
    }
  }
}

template <typename A, std::size_t ROWS>
void gemm_direct_rows(const A* a, std::size_t lda, const std::int8_t* b, std::size_t ldb, std::int32_t* c,
                      std::size_t ldc, std::size_t n, std::size_t k, bool accumulate) {
  constexpr std::size_t kDepth =
      256;  // rows of weights between two visits of a column: few enough pages at a time
  constexpr std::size_t kPanels = kDirectPanels<ROWS>;
  for (std::size_t p = 0; p < k; p += kDepth) {
    (n <= kPanel ? direct<A, ROWS, 1> : direct<A, ROWS, kPanels>)(a + p, lda, b + p * ldb, ldb, c, ldc, n,
                                                                  smaller(k - p, kDepth),
                                                                  accumulate || p > 0);
  }
}

template <typename A>
void gemm_direct(const A* a, std::size_t lda, const std::int8_t* b, std::size_t ldb, std::int32_t* c,
                 std::size_t ldc, std::size_t m, std::size_t n, std::size_t k, bool accumulate) {
  switch (m) {
    case 1:
      return gemm_direct_rows<A, 1>(a, lda, b, ldb, c, ldc, n, k, accumulate);
    case 2:
      return gemm_direct_rows<A, 2>(a, lda, b, ldb, c, ldc, n, k, accumulate);
    case 3:
      return gemm_direct_rows<A, 3>(a, lda, b, ldb, c, ldc, n, k, accumulate);
    case 4:
      return gemm_direct_rows<A, 4>(a, lda, b, ldb, c, ldc, n, k, accumulate);
    default:
      return;
  }
}

template <typename A>
void gemm(const A* a, std::size_t lda, const std::int8_t* b, std::size_t ldb, std::int32_t* c,
          std::size_t ldc, std::size_t m, std::size_t n, std::size_t k, bool accumulate) {
  if (k == 0 && !accumulate) {
    for (std::size_t i = 0; i < m && n > 0; ++i) std::memset(c + i * ldc, 0, n * sizeof *c);
  }
  (m <= kFewRows ? gemm_direct<A> : gemm_packed<A>)(a, lda, b, ldb, c, ldc, m, n, k, accumulate);
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

template <typename Y>
void requantize(const std::int32_t* acc, const ChannelParam* params, Y* y, std::size_t n, OutputRange range) {
  constexpr std::int32_t kLo = std::is_same_v<Y, std::uint8_t> ? 0 : sizeof(Y) == 1 ? -128 : -32768;
  if (!within(range, kLo, kLo + (sizeof(Y) == 1 ? 255 : 65535)))
    return requantize_rest(acc, params, y, n, range);
  const __m512 lo = _mm512_set1_ps(static_cast<float>(range.lo - range.zero_point));
  const __m512 hi = _mm512_set1_ps(static_cast<float>(range.hi - range.zero_point));
  const __m512i zero_point = _mm512_set1_epi32(range.zero_point);
  const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  const __m512i odd = _mm512_add_epi32(even, _mm512_set1_epi32(1));
  for (std::size_t i = 0; i < n; i += 16) {
    const std::size_t count = smaller(n - i, 16);
    const auto mask = static_cast<__mmask16>(0xFFFFU >> (16 - count));
    const std::uint32_t pairs = 0xFFFFFFFFU >> (32 - 2 * count);
    const __m512i first = _mm512_maskz_loadu_epi32(static_cast<__mmask16>(pairs), params + i);
    const __m512i second = _mm512_maskz_loadu_epi32(static_cast<__mmask16>(pairs >> 16),
                                                    reinterpret_cast<const char*>(params + i) + 64);
    const __m512i bias = _mm512_permutex2var_epi32(first, even, second);
    const __m512 scale = _mm512_castsi512_ps(_mm512_permutex2var_epi32(first, odd, second));
    const __m512i sum = _mm512_add_epi32(_mm512_maskz_loadu_epi32(mask, acc + i), bias);
    const __m512 product = _mm512_mul_ps(_mm512_cvtepi32_ps(sum), scale);
    const __m512 clamped = _mm512_min_ps(_mm512_max_ps(product, lo), hi);
    const __m512i code = _mm512_add_epi32(_mm512_cvtps_epi32(clamped), zero_point);
    // Narrowed in a register, then stored: Zen 4 does both in one instruction only by microcode.
    if constexpr (sizeof(Y) == 2) {
      _mm256_mask_storeu_epi16(y + i, mask, _mm512_cvtepi32_epi16(code));
    } else {
      _mm_mask_storeu_epi8(y + i, mask, _mm512_cvtepi32_epi8(code));
    }
  }
}

}  // namespace

const Kernels kAvx512VnniKernels = {
    Level::avx512_vnni,       gemm<std::uint8_t>,      gemm<std::int8_t>,        gemm<std::int16_t>,
    gemm_f32_avx512,
    gemm_bf16_avx512,
    requantize<std::uint8_t>, requantize<std::int8_t>, requantize<std::int16_t>,
};

}  // namespace nnp::numerics
