// SPDX-License-Identifier: Apache-2.0
// The arithmetic the ISA promises, bit for bit. Each function has a scalar definition and vector kernels that
// equal it on every input; `best()` picks by what the host CPU has. Chip and naive reference share these.
//
// Sums are int32, two's complement, modulo 2^32 (the compiler proves that they cannot wrap). Floats are IEEE
// binary32, each operation rounded once to nearest even; never contracted. `rint` below rounds half to even.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace nnp::numerics {

enum class Level : std::uint8_t { scalar, avx2, avx512_vnni };
const char* to_string(Level);
bool supported(Level);  // by this host

/// What DRAIN adds and multiplies per output channel.
struct ChannelParam {
  std::int32_t bias;
  float scale;
};
static_assert(sizeof(ChannelParam) == 8);

/// Output range and zero point of a quantised result: lo <= y <= hi after the zero point is added.
struct OutputRange {
  std::int32_t zero_point, lo, hi;
};

/// One operand of an elementwise operation.
struct Scaled {
  float scale;
  std::int32_t zero_point;
};

/// Interpolated 16-bit table: entry i is the function at x = (i * 128 - 32768) codes; 513 entries.
inline constexpr std::size_t kTable16Entries = 513;

/// A kernel set. Matrices are row-major; lda, ldb, ldc count elements between rows.
struct Kernels {
  Level level;
  // c[m][n] (+)= sum_k a[m][k] * b[k][n]; overwritten unless accumulate. m, n, k may be 0.
  void (*gemm_u8s8)(const std::uint8_t* a, std::size_t lda, const std::int8_t* b, std::size_t ldb,
                    std::int32_t* c, std::size_t ldc, std::size_t m, std::size_t n, std::size_t k,
                    bool accumulate);
  void (*gemm_s8s8)(const std::int8_t* a, std::size_t lda, const std::int8_t* b, std::size_t ldb,
                    std::int32_t* c, std::size_t ldc, std::size_t m, std::size_t n, std::size_t k,
                    bool accumulate);
  void (*gemm_s16s8)(const std::int16_t* a, std::size_t lda, const std::int8_t* b, std::size_t ldb,
                     std::int32_t* c, std::size_t ldc, std::size_t m, std::size_t n, std::size_t k,
                     bool accumulate);
  // y[i] = clamp(rint(float(acc[i] + bias[i]) * scale[i]) + zero_point): the integer sum wraps, the product
  // saturates (it is clamped to [lo - zero_point, hi - zero_point] as a float before the conversion; a NaN
  // cannot occur).
  void (*requantize_u8)(const std::int32_t* acc, const ChannelParam*, std::uint8_t* y, std::size_t n,
                        OutputRange);
  void (*requantize_s8)(const std::int32_t* acc, const ChannelParam*, std::int8_t* y, std::size_t n,
                        OutputRange);
  void (*requantize_s16)(const std::int32_t* acc, const ChannelParam*, std::int16_t* y, std::size_t n,
                         OutputRange);
};

const Kernels& kernels(Level);  // throws std::invalid_argument when !supported(level)
const Kernels& best();

// ---- Elementwise operations: templates over std::uint8_t, std::int8_t, std::int16_t for T and Y
// (instantiated in elementwise.cpp, for T = Y and every pair of 8-bit types, and int16_t -> 8 bit). Results
// are clamped like requantize.

/// y = clamp(rint(float(a - za) * sa + float(b - zb) * sb) + zero_point); the two products are rounded, then
/// their sum.
template <typename A, typename B, typename Y>
void add(const A* a, Scaled, const B* b, Scaled, Y* y, std::size_t n, OutputRange);

/// y = clamp(rint(float((a - za) * (b - zb)) * sa) + zero_point); the integer product must fit int32 (b's
/// scale is not used: the caller folds both and the output's into sa).
template <typename A, typename B, typename Y>
void mul(const A* a, Scaled, const B* b, Scaled, Y* y, std::size_t n, OutputRange);

/// 8 bit: y = table[index], index = the source's byte (s8 in two's complement). 256 entries of Y.
template <typename A, typename Y>
void lookup8(const A* a, const Y* table, Y* y, std::size_t n);

/// 16 bit: u = a + 32768, i = u >> 7, f = u & 127; y = t[i] + (((t[i + 1] - t[i]) * f + 64) >> 7), arithmetic
/// shift, int32.
void lookup16(const std::int16_t* a, const std::int16_t* table, std::int16_t* y, std::size_t n);

/// Pooling of one output position over `count` rows of `channels` elements; max, or
/// average: y = clamp(rint(float(sum - count * za) * scale) + zero_point), sum in int32 over the taps inside
/// the image.
template <typename A>
void pool_max(std::span<const A* const> taps, A* y, std::size_t channels);
template <typename A, typename Y>
void pool_average(std::span<const A* const> taps, std::int32_t source_zero, float scale, Y* y,
                  std::size_t channels, OutputRange);

/// float -> integer code as ONNX QuantizeLinear does: clamp(rint(x / scale) + zero_point), to the type's
/// range or a narrower one. And back.
template <typename Y>
void quantize(const float* x, float scale, std::int32_t zero_point, Y* y, std::size_t n);
template <typename Y>
void quantize(const float* x, float scale, OutputRange, Y* y, std::size_t n);
template <typename A>
void dequantize(const A* a, float scale, std::int32_t zero_point, float* y, std::size_t n);

}  // namespace nnp::numerics
