// SPDX-License-Identifier: Apache-2.0
// What the tests of the arithmetic share: the levels of this host, seeded codes with extremes, memory that
// ends at a page no one may touch.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include "isa/numerics/numerics.h"

namespace nnp::numerics {

inline std::vector<Level> levels_of_this_host() {
  std::vector<Level> levels;
  for (const Level level : {Level::scalar, Level::avx2, Level::avx512_vnni}) {
    if (supported(level)) levels.push_back(level);
  }
  return levels;
}

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  std::int64_t between(std::int64_t lo, std::int64_t hi) {
    return std::uniform_int_distribution(lo, hi)(engine_);
  }
  /// Any code of T; every third one is the lowest, the highest or zero.
  template <typename T>
  T code() {
    using Limits = std::numeric_limits<T>;
    switch (between(0, 8)) {
      case 0:
        return Limits::lowest();
      case 1:
        return Limits::max();
      case 2:
        return 0;
      default:
        return static_cast<T>(between(Limits::lowest(), Limits::max()));
    }
  }
  template <typename T>
  void fill(T* values, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) values[i] = code<T>();
  }
  template <typename T>
  std::vector<T> codes(std::size_t count) {
    std::vector<T> values(count);
    fill(values.data(), count);
    return values;
  }

 private:
  std::mt19937_64 engine_;
};

/// `count` elements whose last byte is the last one before, or (`Edge::front`) whose first is the first one
/// after, a page that faults.
enum class Edge : std::uint8_t { front, back };
template <typename T>
class Guarded {
 public:
  Guarded(std::size_t count, Edge edge) : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
    const std::size_t bytes = count * sizeof(T);
    length_ = (bytes + page_ - 1) / page_ * page_ + 2 * page_;
    void* memory = mmap(nullptr, length_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::runtime_error("mmap");
    base_ = static_cast<std::uint8_t*>(memory);
    if (mprotect(base_ + page_, length_ - 2 * page_, PROT_READ | PROT_WRITE) != 0)
      throw std::runtime_error("mprotect");
    data_ = reinterpret_cast<T*>(edge == Edge::front ? base_ + page_ : base_ + length_ - page_ - bytes);
  }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  ~Guarded() { munmap(base_, length_); }
  T* data() { return data_; }

 private:
  std::size_t page_, length_;
  std::uint8_t* base_;
  T* data_;
};

/// Half to even without the FPU's rounding: an independent `rint`.
inline std::int64_t round_half_even(long double x) {
  const long double below = std::floor(x);
  const long double fraction = x - below;
  auto whole = static_cast<std::int64_t>(below);
  if (fraction > 0.5L || (fraction == 0.5L && whole % 2 != 0)) ++whole;
  return whole;
}

/// The finish of every operation, from the exact value of the float product.
inline std::int64_t finished(float product, OutputRange range) {
  const auto lo = static_cast<long double>(range.lo - range.zero_point),
             hi = static_cast<long double>(range.hi - range.zero_point);
  const long double clamped = std::fmin(std::fmax(static_cast<long double>(product), lo), hi);
  return round_half_even(clamped) + range.zero_point;
}

}  // namespace nnp::numerics
