// SPDX-License-Identifier: Apache-2.0
// The blocks of the real matrix kernels, for any vector width. Every sum is a chain of fused multiply-adds by
// ascending k from what c holds (or +0), so blocks of rows, columns and k cannot change a bit: a block only
// says which chains run side by side.
//
// Included once by each kernel set, in its own unnamed namespace and compiled for its own instruction set;
// no library templates here. `V` is a vector of floats: Type, Mask, kWidth, zero(), set(float), load(p),
// load(p, mask), load(const Bf16*, ...), store(p), store(p, mask, v), fma(a, b, c), mask(columns).

constexpr std::size_t kRealColumns = V::kRealColumns;  // vectors of a block's row, at most 4
constexpr std::size_t kRealRows = V::kRealRows;
constexpr std::size_t kPackedDepth = 512;  // k packed at a time
constexpr std::size_t kUnpackedRows = 8;   // up to here packing does not pay
constexpr std::size_t kPanel = kRealColumns * V::kWidth;
constexpr std::size_t kWideRows =  // of a, widened at a time: what the panel leaves of the scratch
    (kScratchBytes / (kPackedDepth * sizeof(float)) - kPanel) / kRealRows * kRealRows;
static_assert(kWideRows > 0 && (kPanel + kWideRows) * kPackedDepth * sizeof(float) <= kScratchBytes);

NNP_INLINE float widened(float x) { return x; }
NNP_INLINE float widened(Bf16 x) {
  const std::uint32_t bits = static_cast<std::uint32_t>(x.bits) << 16;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/// Rows [0, ROWS) of a times the NZ vectors of columns that begin at b.
template <std::size_t ROWS, std::size_t NZ, typename A, typename B>
[[gnu::noinline]] void real_block(const A* a, std::size_t lda, const B* b, std::size_t ldb, std::size_t k,
                                  std::size_t columns, float* c, std::size_t ldc, bool accumulate) {
  typename V::Type sum[ROWS][NZ];
  const typename V::Mask last = V::mask(columns - (NZ - 1) * V::kWidth);
#pragma GCC unroll 8
  for (std::size_t r = 0; r < ROWS; ++r) {
#pragma GCC unroll 4
    for (std::size_t z = 0; z < NZ; ++z) {
      const float* from = c + r * ldc + z * V::kWidth;
      sum[r][z] = !accumulate ? V::zero() : z + 1 == NZ ? V::load(from, last) : V::load(from);
    }
  }
  for (std::size_t p = 0; p < k; ++p, b += ldb) {
    typename V::Type weights[NZ];
#pragma GCC unroll 4
    for (std::size_t z = 0; z < NZ; ++z)
      weights[z] = z + 1 == NZ ? V::load(b + z * V::kWidth, last) : V::load(b + z * V::kWidth);
#pragma GCC unroll 8
    for (std::size_t r = 0; r < ROWS; ++r) {
      const typename V::Type x = V::set(widened(a[r * lda + p]));
#pragma GCC unroll 4
      for (std::size_t z = 0; z < NZ; ++z) sum[r][z] = V::fma(x, weights[z], sum[r][z]);
    }
  }
#pragma GCC unroll 8
  for (std::size_t r = 0; r < ROWS; ++r) {
#pragma GCC unroll 4
    for (std::size_t z = 0; z < NZ; ++z) {
      float* to = c + r * ldc + z * V::kWidth;
      z + 1 == NZ ? V::store(to, last, sum[r][z]) : V::store(to, sum[r][z]);
    }
  }
}

/// All rows of a times up to a panel of columns.
template <std::size_t NZ, typename A, typename B>
void real_panel(const A* a, std::size_t lda, const B* b, std::size_t ldb, std::size_t m, std::size_t k,
                std::size_t columns, float* c, std::size_t ldc, bool accumulate) {
  std::size_t i = 0;
  for (; i + kRealRows <= m; i += kRealRows)
    real_block<kRealRows, NZ>(a + i * lda, lda, b, ldb, k, columns, c + i * ldc, ldc, accumulate);
  for (; i < m; ++i) real_block<1, NZ>(a + i * lda, lda, b, ldb, k, columns, c + i * ldc, ldc, accumulate);
}

template <typename A, typename B>
void real_panels(const A* a, std::size_t lda, const B* b, std::size_t ldb, std::size_t m, std::size_t k,
                 std::size_t columns, float* c, std::size_t ldc, bool accumulate) {
  constexpr std::size_t kThird = kRealColumns < 3 ? kRealColumns : 3;
  switch ((columns + V::kWidth - 1) / V::kWidth) {
    case 1:
      return real_panel<1>(a, lda, b, ldb, m, k, columns, c, ldc, accumulate);
    case 2:
      return real_panel<2>(a, lda, b, ldb, m, k, columns, c, ldc, accumulate);
    case 3:
      return real_panel<kThird>(a, lda, b, ldb, m, k, columns, c, ldc, accumulate);
    default:
      return real_panel<kRealColumns>(a, lda, b, ldb, m, k, columns, c, ldc, accumulate);
  }
}

/// k x columns of b as floats, a panel's width apart.
template <typename B>
void pack_real(const B* b, std::size_t ldb, std::size_t k, std::size_t columns, float* packed) {
  for (std::size_t p = 0; p < k; ++p, b += ldb, packed += kPanel) {
    for (std::size_t z = 0; z < columns; z += V::kWidth)
      V::store(packed + z, V::load(b + z, V::mask(columns - z)));
  }
}

/// m x k of a as floats, kPackedDepth apart.
template <typename A>
void widen_rows(const A* a, std::size_t lda, std::size_t m, std::size_t k, float* wide) {
  for (std::size_t i = 0; i < m; ++i, a += lda, wide += kPackedDepth) {
    for (std::size_t p = 0; p < k; p += V::kWidth) {
      const typename V::Mask mask = V::mask(k - p);
      V::store(wide + p, mask, V::load(a + p, mask));
    }
  }
}

/// Many rows of 16-bit floats: a block of them is widened once for all columns, where the sums would widen
/// each element as often as there are panels, one by one.
template <typename T>
void real_gemm_widened(const T* a, std::size_t lda, const T* b, std::size_t ldb, float* c, std::size_t ldc,
                       std::size_t m, std::size_t n, std::size_t k, bool accumulate) {
  auto* packed = reinterpret_cast<float*>(scratch());
  float* wide = packed + kPanel * kPackedDepth;
  for (std::size_t p = 0; p < k; p += kPackedDepth) {
    const std::size_t depth = k - p < kPackedDepth ? k - p : kPackedDepth;
    for (std::size_t i = 0; i < m; i += kWideRows) {
      const std::size_t rows = m - i < kWideRows ? m - i : kWideRows;
      widen_rows(a + i * lda + p, lda, rows, depth, wide);
      for (std::size_t j = 0; j < n; j += kPanel) {
        const std::size_t columns = n - j < kPanel ? n - j : kPanel;
        pack_real(b + p * ldb + j, ldb, depth, columns, packed);
        real_panels(wide, kPackedDepth, packed, kPanel, rows, depth, columns, c + i * ldc + j, ldc,
                    accumulate || p > 0);
      }
    }
  }
}

template <typename T>
void real_gemm(const T* a, std::size_t lda, const T* b, std::size_t ldb, float* c, std::size_t ldc,
               std::size_t m, std::size_t n, std::size_t k, bool accumulate) {
  if (m == 0 || n == 0) return;
  const bool packs = m > kUnpackedRows;
  if constexpr (sizeof(T) < sizeof(float)) {
    if (packs && k > 0) return real_gemm_widened(a, lda, b, ldb, c, ldc, m, n, k, accumulate);
  }
  auto* packed = reinterpret_cast<float*>(scratch());
  const std::size_t depth = packs || k == 0 ? kPackedDepth : k;
  for (std::size_t j = 0; j < n; j += kPanel) {
    const std::size_t columns = n - j < kPanel ? n - j : kPanel;
    std::size_t p = 0;
    do {  // once where k is 0: c may have to become 0
      const std::size_t count = k - p < depth ? k - p : depth;
      const T* weights = b + p * ldb + j;
      const bool adds = accumulate || p > 0;
      if (packs) {
        pack_real(weights, ldb, count, columns, packed);
        real_panels(a + p, lda, packed, kPanel, m, count, columns, c + j, ldc, adds);
      } else {
        real_panels(a + p, lda, weights, ldb, m, count, columns, c + j, ldc, adds);
      }
      p += count;
    } while (p < k);
  }
}
