// SPDX-License-Identifier: Apache-2.0
// Whose turn each core cycle was, and what went on in it. A layer's turn begins where that of the layer
// before ends, and ends when its last instruction has retired; what is neither doorbell nor host transfer nor
// interrupt belongs to exactly one layer. docs/guide/bounds.md says what the words are for.
#pragma once

#include <array>

#include "isa/arch/units.h"

namespace nnp::device {

/// What went on in a cycle for the layer whose turn it was: the first that holds.
enum class Work : std::uint8_t {
  array,         // its stream is in the array
  vector,        // the vector unit works for it
  fill,          // its weights shift in, or the array or the vector unit has nothing but its own pipeline
  weights,       // the array has no weights for it
  banks,         // the array, the drain or the vector unit finds the buffer's banks taken
  drain,         // its sums leave the accumulators
  load,          // its data come from device memory
  store,         // its results go to device memory
  array_later,   // the array works for a later layer
  vector_later,  // the vector unit or the drain does
  host,          // the host link
  issue,         // instructions are fetched, dispatched, set up, or wait for a token's way
  nothing,
  count
};
/// Requests to device memory that were out in the cycle: of the layer, else of later ones, else none.
enum class Traffic : std::uint8_t { own, later, none, count };
/// Whose work is bounded.
enum class Worker : std::uint8_t { matrix, drain, vector, load, store, count };

inline constexpr std::size_t kWorks = static_cast<std::size_t>(Work::count);
inline constexpr std::size_t kTraffics = static_cast<std::size_t>(Traffic::count);
inline constexpr std::size_t kWorkers = static_cast<std::size_t>(Worker::count);

struct TurnStatistics {
  Cycles cycles = 0;                                          // of the turn; the sum of cells
  std::array<std::array<Cycles, kTraffics>, kWorks> cells{};  // [work][traffic]
  std::array<Cycles, kWorkers> busy{};                        // for this layer, in its turn
  Bytes bytes_before = 0;                                     // asked of device memory before its turn
  bool operator==(const TurnStatistics&) const = default;

  Cycles of(Work work) const {
    const auto& row = cells[static_cast<std::size_t>(work)];
    return row[0] + row[1] + row[2];
  }
  Cycles of(Traffic traffic) const {
    Cycles sum = 0;
    for (const auto& row : cells) sum += row[static_cast<std::size_t>(traffic)];
    return sum;
  }
};

}  // namespace nnp::device
