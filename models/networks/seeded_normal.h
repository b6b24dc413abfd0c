// SPDX-License-Identifier: Apache-2.0
// Random weights that are the same bytes on every host: integer arithmetic, one multiplication, one rounding;
// no libm, no distribution of the standard library (their results differ between implementations).
#pragma once

#include <cmath>
#include <cstdint>
#include <string_view>

namespace nnp::models {

/// Nearly normal numbers of mean 0 and standard deviation 1: the sum of four uniform 16-bit numbers
/// (Irwin-Hall), so none lies beyond 3.47. Each tensor has its own sequence, named by seed and tensor.
class SeededNormal {
 public:
  SeededNormal(std::uint64_t seed, std::string_view tensor) : state_(seed) {
    for (const char c : tensor) state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;  // FNV-1a
  }

  double next() {
    const std::uint64_t bits = mix(state_ += 0x9e3779b97f4a7c15);
    const auto field = [bits](int i) { return static_cast<std::int32_t>(bits >> (16 * i) & 0xffff); };
    return (field(0) + field(1) + field(2) + field(3) - 2 * 65535) * kScale;
  }

 private:
  // splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014), its
  // published constants.
  static std::uint64_t mix(std::uint64_t z) {
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }
  // The variance of one field is (65536^2 - 1) / 12.
  static inline const double kScale = 1 / std::sqrt(4 * (65536.0 * 65536.0 - 1) / 12);

  std::uint64_t state_;
};

}  // namespace nnp::models
