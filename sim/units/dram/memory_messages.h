// SPDX-License-Identifier: Apache-2.0
// Requests and answers between DMA engines and the memory channels.
#pragma once

#include <cstdint>

#include "isa/arch/units.h"

namespace nnp::sim {

/// A train: `bytes` consecutive bytes of one channel, within one aligned interleave block, so within one row.
/// Timing only: the bytes themselves are moved by the engine when its instruction retires.
struct MemoryRequest {
  Address address = 0;      // within the channel (interleave removed)
  std::uint32_t bytes = 0;  // at least 1; rounded out to whole bursts by the channel
  bool write = false;
  std::uint8_t source = 0;     // which engine asked
  std::uint32_t id = 0;        // the engine's own
  std::uint32_t transfer = 0;  // its number in the engine's TransferLog
};

/// The whole train is done: read data has crossed the bus, or write data was taken by the write queue and is
/// ordered. Joined answers of several channels have the bytes of all; transfer and server are those of the
/// highest number.
struct MemoryAnswer {
  std::uint8_t source = 0;
  std::uint32_t id = 0;
  std::uint32_t bytes = 0;
  bool write = false;
  std::uint32_t transfer = 0;
  std::uint16_t server = 0;  // unit id of the channel
};

}  // namespace nnp::sim
