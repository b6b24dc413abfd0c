// SPDX-License-Identifier: Apache-2.0
// Where the cycles above a bound went. For every layer, and for the run as a whole:
//
//   count + ahead = bound + gap,   gap = the sum of its parts,   none of them negative
//
// count: cycles of the layer's turn; ahead: what of its bound was done in the turns of others. Cycles are
// counted by device::TurnStatistics; which part one belongs to follows from what the layer is bounded by.
#pragma once

#include "host_runtime/bounds/layer_bounds.h"
#include "host_runtime/device/statistics.h"

namespace nnp::bounds {

enum class Cause : std::uint8_t {
  edge_tiles,      // the array streams through cells without work: partial tiles, zeros, short words
  fill_drain,      // weights shift in, sums leave, pipelines run empty
  not_overlapped,  // another resource works, and the one that bounds waits for it
  refetch,         // bytes to and from device memory beyond the least
  refresh,         // of device memory
  dram,            // rows opened and closed, reads after writes, activates too close
  latency,         // requests are out, and the memory's buses still idle: their way there and back
  bank_conflict,   // of the buffer
  vector,          // the vector unit works, and the array waits
  host,            // the host link, doorbell and interrupt
  sync,            // instructions, tokens, queues
  later_layers,    // work for later layers, which have it `ahead`
  unexplained,
  count
};
inline constexpr std::size_t kCauses = static_cast<std::size_t>(Cause::count);
const char* to_string(Cause);
/// For a sentence: "device memory's refresh".
const char* in_words(Cause);

/// How device memory lost the cycles in which requests were out and nothing moved, in the whole run.
struct MemoryLosses {
  double refresh = 0, dram = 0, latency = 1;
};
MemoryLosses memory_losses(const device::RunStatistics&);

struct Gap {
  Cycles count = 0, ahead = 0, bound = 0, cycles = 0;  // cycles: the gap
  std::array<Cycles, kCauses> parts{};
  Cycles of(Cause cause) const { return parts[static_cast<std::size_t>(cause)]; }
};

Gap gap_of(const LayerBounds&, const device::LayerStatistics&, const MemoryLosses&,
           double memory_bytes_per_cycle);

}  // namespace nnp::bounds
