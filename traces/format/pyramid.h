// SPDX-License-Identifier: Apache-2.0
// A unit's states at ever coarser steps, so that a viewer can draw any stretch of a run without its records:
// of each bucket of cycles, the share of every state, as a byte.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/kernel/trace.h"
#include "traces/format/codec.h"

namespace nnp::traces {

/// A state and its cause in one number: what the pyramid counts by.
using StateCode = std::uint8_t;
constexpr StateCode code_of(sim::State state, sim::Cause cause) {
  return static_cast<StateCode>(static_cast<unsigned>(state) << 4 | static_cast<unsigned>(cause));
}
inline constexpr std::size_t kStateCodes = 48;

/// One level, decoded: share[i] of code[i], each with one byte a bucket, 255 for all of its cycles.
struct PyramidLevel {
  Cycles bucket_cycles = 0;
  std::vector<StateCode> codes;
  std::vector<std::vector<std::uint8_t>> shares;
};

class Pyramid {
 public:
  static constexpr Cycles kFinest = 32;                  // cycles of a bucket of a short run
  static constexpr std::size_t kMostBuckets = 1u << 17;  // of the finest level; longer runs get wider buckets
  static constexpr std::uint64_t kStep = 4;              // buckets of a level in one of the next

  /// States in the order of time, without a gap.
  void add(const sim::StateRecord&);
  /// The levels as chunks, finest first, the last with few buckets.
  std::vector<RawChunk> chunks(std::uint16_t unit) const;

 private:
  void widen();
  Cycles bucket_ = kFinest;
  Cycle end_ = 0;
  std::array<std::vector<std::uint32_t>, kStateCodes> cycles_;  // [code][bucket]; empty for codes not met
};

PyramidLevel decode_pyramid(const ChunkHead&, const std::vector<std::uint8_t>& payload);

}  // namespace nnp::traces
