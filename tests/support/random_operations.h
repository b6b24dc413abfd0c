// SPDX-License-Identifier: Apache-2.0
// Random operations of every queue, one after the other and without tokens: what random_launch.h orders.
#pragma once

#include <deque>
#include <random>

#include "compiler/codegen/stream_builder.h"
#include "isa/arch/arch_spec.h"

namespace nnp::test {

// Device memory: what only LOAD and WLOAD read, then pages of data far from each other, then the stream.
inline constexpr Bytes kWeightBytes = 2048, kPageBytes = 512, kPageStride = 5120, kPages = 8;
inline constexpr Address kData = 4096, kStream = kData + kPages * kPageStride;
// Buffer: drain parameters and tables, which one LOAD brings at the start and nothing overwrites; then data.
inline constexpr Bytes kParamBytes = 4 * 8, kParamSets = 4, kTable8Bytes = 256, kTable16Bytes = 513 * 2;
inline constexpr Address kTable8 = kParamBytes * kParamSets, kTable16 = kTable8 + kTable8Bytes;
inline constexpr Bytes kConstantBytes = kTable16 + kTable16Bytes;
inline constexpr Address kBufferData = 1536;
static_assert(kConstantBytes <= kBufferData && kConstantBytes <= kWeightBytes);
inline constexpr Bytes kHostBytes = 2048;

/// Seeded choices.
class Picker {
 public:
  explicit Picker(std::uint64_t seed) : random_(seed) {}
  std::int64_t pick(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool one_in(std::int64_t n) { return pick(1, n) == 1; }
  /// Of a quantised operand.
  float scale() { return static_cast<float>(pick(1, 64)) / 256; }

 private:
  std::mt19937_64 random_;
};

class RandomOperations {
 public:
  RandomOperations(Picker& picker, const isa::ArchSpec& arch) : random_(picker), arch_(arch) {}

  /// LOADs the drain parameters and tables.
  void constants();
  /// One operation, and the CFGs it needs.
  void operation();
  /// Uses up the weights that are still on their way to the array.
  void finish() {
    while (!strips_.empty()) matmul();
  }
  const std::vector<isa::Instruction>& instructions() const { return builder_.instructions(); }

 private:
  std::int64_t pick(std::int64_t low, std::int64_t high) { return random_.pick(low, high); }
  bool one_in(std::int64_t n) { return random_.one_in(n); }
  std::int64_t buffer(std::int64_t bytes);
  std::int64_t device(std::int64_t bytes);
  void host_copy();
  void device_copy();
  void weights();
  void matmul();
  void conv();
  void drain();
  void elementwise();
  void lookup();
  void pool();
  void move();
  void reals();
  struct Image {
    std::int64_t height, width, out_width, positions, pixel;
    std::vector<compiler::WordValue> words;
  };
  Image image(std::int64_t channels, std::int64_t element_bytes);

  Picker& random_;
  isa::ArchSpec arch_;
  compiler::StreamBuilder builder_;
  struct Strip {
    std::int64_t k, n;
  };
  std::deque<Strip> strips_;  // asked for by WLOAD, not used yet
};

}  // namespace nnp::test
