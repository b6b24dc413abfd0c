// SPDX-License-Identifier: Apache-2.0
// Folding by carry-less multiplication: V. Gopal et al., "Fast CRC Computation for Generic Polynomials Using
// PCLMULQDQ Instruction", Intel, 2009. 64 bytes become the 64 behind them times x^512 modulo P; what is left
// has the remainder of the whole, and zlib finishes it.
#include "isa/program/crc32.h"

#include <zlib.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define NNP_FOLDS __attribute__((target("pclmul,sse4.1")))
#endif

namespace nnp::isa {
namespace {

std::uint32_t plain(std::uint32_t so_far, std::span<const std::uint8_t> bytes) {
  return static_cast<std::uint32_t>(crc32_z(so_far, bytes.data(), bytes.size()));
}

#if defined(__x86_64__)

/// x^n modulo P with its bits reflected, one place up: as the multiplication of reflected operands wants it.
constexpr long long power(unsigned n) {
  std::uint32_t remainder = 1;
  for (; n > 0; --n) remainder = remainder << 1 ^ (remainder >> 31 != 0 ? 0x04C11DB7u : 0u);
  long long reflected = 0;
  for (unsigned bit = 0; bit < 32; ++bit) reflected = reflected << 1 | (remainder >> bit & 1);
  return reflected << 1;
}

using Block = __m128i;
constexpr std::size_t kBlock = 16, kBlocks = 4;

NNP_FOLDS inline Block load(const std::uint8_t* from) {
  return _mm_loadu_si128(reinterpret_cast<const Block*>(from));
}
/// `block` moved over the bytes before `next`, by the powers of that distance.
NNP_FOLDS inline Block fold(Block block, Block powers, Block next) {
  const Block low = _mm_clmulepi64_si128(block, powers, 0x00),
              high = _mm_clmulepi64_si128(block, powers, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

NNP_FOLDS std::uint32_t folded(std::uint32_t so_far, std::span<const std::uint8_t> bytes) {
  const Block over_64 = _mm_set_epi64x(power(512 - 32), power(512 + 32)),
              over_16 = _mm_set_epi64x(power(128 - 32), power(128 + 32));
  const std::uint8_t* at = bytes.data();
  std::size_t left = bytes.size();
  Block block[kBlocks];
  for (std::size_t i = 0; i < kBlocks; ++i) block[i] = load(at + i * kBlock);
  block[0] = _mm_xor_si128(block[0], _mm_cvtsi32_si128(static_cast<int>(~so_far)));
  constexpr std::size_t kStep = kBlocks * kBlock;
  for (at += kStep, left -= kStep; left >= kStep; at += kStep, left -= kStep)
    for (std::size_t i = 0; i < kBlocks; ++i) block[i] = fold(block[i], over_64, load(at + i * kBlock));
  for (std::size_t i = 1; i < kBlocks; ++i) block[0] = fold(block[0], over_16, block[i]);
  alignas(kBlock) std::uint8_t rest[kBlock];
  _mm_store_si128(reinterpret_cast<Block*>(rest), block[0]);
  return plain(plain(~0u, rest), {at, left});  // ~0: these bytes begin with a register of 0
}

#endif

}  // namespace

std::uint32_t crc32(std::uint32_t so_far, std::span<const std::uint8_t> bytes) {
#if defined(__x86_64__)
  static const bool folds = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
  if (folds && bytes.size() >= kBlocks * kBlock) return folded(so_far, bytes);
#endif
  return plain(so_far, bytes);
}

}  // namespace nnp::isa
