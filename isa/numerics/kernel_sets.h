// SPDX-License-Identifier: Apache-2.0
// The kernel sets there are, one per source file. Only dispatch.cpp chooses among them.
#pragma once

#include "isa/numerics/numerics.h"

namespace nnp::numerics {

extern const Kernels kScalarKernels;
#ifdef NNP_NUMERICS_X86
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512VnniKernels;

// requantize_avx2.cpp
void requantize_u8_avx2(const std::int32_t*, const ChannelParam*, std::uint8_t*, std::size_t, OutputRange);
void requantize_s8_avx2(const std::int32_t*, const ChannelParam*, std::int8_t*, std::size_t, OutputRange);
void requantize_s16_avx2(const std::int32_t*, const ChannelParam*, std::int16_t*, std::size_t, OutputRange);

// real_avx2.cpp, real_avx512.cpp
void gemm_f32_avx2(const float*, std::size_t, const float*, std::size_t, float*, std::size_t, std::size_t,
                   std::size_t, std::size_t, bool);
void gemm_bf16_avx2(const Bf16*, std::size_t, const Bf16*, std::size_t, float*, std::size_t, std::size_t,
                    std::size_t, std::size_t, bool);
void gemm_f32_avx512(const float*, std::size_t, const float*, std::size_t, float*, std::size_t, std::size_t,
                     std::size_t, std::size_t, bool);
void gemm_bf16_avx512(const Bf16*, std::size_t, const Bf16*, std::size_t, float*, std::size_t, std::size_t,
                      std::size_t, std::size_t, bool);
#endif

/// Where vector kernels lay out weights: aligned to 64 bytes, one per thread. A kernel owns it from entry to
/// return.
inline constexpr std::size_t kScratchBytes = 288 * 1024;
std::uint8_t* scratch();

/// Ranges that the vector requantisers take; the scalar one takes all. True for every clamp within the type.
/// (Static: an inline function could reach other files as compiled here, for a bigger instruction set.)
static inline bool within(OutputRange range, std::int32_t type_lo, std::int32_t type_hi) {
  constexpr std::int32_t kFar = 1 << 21;
  return range.lo >= type_lo && range.lo <= type_hi && range.hi >= type_lo && range.hi <= type_hi &&
         range.zero_point >= -kFar && range.zero_point <= kFar;
}

}  // namespace nnp::numerics
