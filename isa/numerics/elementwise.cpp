// SPDX-License-Identifier: Apache-2.0
// Elementwise operations. Each loop is written once, for the vectoriser, and compiled for the baseline and
// again for AVX2; both give the same bits because every float operation is rounded on its own
// (-ffp-contract=off).

#include <algorithm>
#include <array>
#include <limits>
#include <type_traits>

#include "isa/numerics/numerics.h"
#include "isa/numerics/rounding.h"

#if defined(__x86_64__)
#define NNP_AVX2 __attribute__((target("avx2")))
#else
#define NNP_AVX2
#endif
#define NNP_INLINE \
  __attribute__((always_inline))  // loops take the instruction set of the function they are inlined into

namespace nnp::numerics {
namespace {

bool has_avx2() {
  static const bool has = supported(Level::avx2);
  return has;
}
template <typename Loop>
NNP_AVX2 void run_avx2(Loop loop) {
  loop();
}
template <typename Loop>
void run_baseline(Loop loop) {
  loop();
}
template <typename Loop>
void run(Loop loop) {
  has_avx2() ? run_avx2(loop) : run_baseline(loop);
}

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
  run([=]() NNP_INLINE {
    finish_all(y, n, range, [=](std::size_t i) NNP_INLINE {
      const float left = static_cast<float>(wrapping_sub(a[i], sa.zero_point)) * sa.scale;
      const float right = static_cast<float>(wrapping_sub(b[i], sb.zero_point)) * sb.scale;
      return left + right;
    });
  });
}

template <typename A, typename B, typename Y>
void mul(const A* a, Scaled sa, const B* b, Scaled sb, Y* y, std::size_t n, OutputRange range) {
  run([=]() NNP_INLINE {
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

void lookup16(const std::int16_t* a, const std::int16_t* table, std::int16_t* y, std::size_t n) {
  run([=]() NNP_INLINE {
    for (std::size_t i = 0; i < n; ++i) {
      const std::int32_t u = a[i] + 32768, index = u >> 7, fraction = u & 127;
      const std::int32_t here = table[index], step = table[index + 1] - here;
      y[i] = static_cast<std::int16_t>(here + ((step * fraction + 64) >> 7));
    }
  });
}

template <typename A>
void pool_max(std::span<const A* const> taps, A* y, std::size_t channels) {
  if (taps.empty()) {
    std::fill_n(y, channels, std::numeric_limits<A>::lowest());
    return;
  }
  std::copy_n(taps[0], channels, y);
  for (const A* tap : taps.subspan(1)) {
    run([=]() NNP_INLINE {
      for (std::size_t i = 0; i < channels; ++i) y[i] = std::max(y[i], tap[i]);
    });
  }
}

template <typename A, typename Y>
void pool_average(std::span<const A* const> taps, std::int32_t source_zero, float scale, Y* y,
                  std::size_t channels, OutputRange range) {
  const std::int32_t offset = wrapping_mul(static_cast<std::int32_t>(taps.size()), source_zero);
  std::array<std::int32_t, 256> sums;
  for (std::size_t first = 0; first < channels; first += sums.size()) {
    const std::size_t count = std::min(sums.size(), channels - first);
    std::int32_t* sum = sums.data();
    std::fill_n(sum, count, 0);
    for (const A* tap : taps) {
      run([=]() NNP_INLINE {
        for (std::size_t i = 0; i < count; ++i) sum[i] = wrapping_add(sum[i], tap[first + i]);
      });
    }
    run([=]() NNP_INLINE {
      finish_all(y + first, count, range, [=](std::size_t i) NNP_INLINE {
        return static_cast<float>(wrapping_sub(sum[i], offset)) * scale;
      });
    });
  }
}

template <typename Y>
void quantize(const float* x, float scale, std::int32_t zero_point, Y* y, std::size_t n) {
  using Limits = std::numeric_limits<Y>;
  run([=]() NNP_INLINE {
    finish_all(y, n, OutputRange{zero_point, Limits::lowest(), Limits::max()},
               [=](std::size_t i) NNP_INLINE { return x[i] / scale; });
  });
}

template <typename A>
void dequantize(const A* a, float scale, std::int32_t zero_point, float* y, std::size_t n) {
  run([=]() NNP_INLINE {
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
