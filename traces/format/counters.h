// SPDX-License-Identifier: Apache-2.0
// Counters over time, made from spans while they pass: bytes moved per window, instructions in each queue,
// live bytes in the unified buffer.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/kernel/trace.h"
#include "traces/format/codec.h"

namespace nnp::traces {

/// A value that holds from its cycle to that of the next sample. Core cycles.
struct Sample {
  Cycle cycle = 0;
  std::uint64_t value = 0;
  bool operator==(const Sample&) const = default;
};
struct Counter {
  std::string name;  // "weight_dma.queue", "dram0.read_bytes", "buffer.live_bytes"
  std::string unit;  // "instructions", "bytes per 256 cycles", "bytes"
  std::vector<Sample> samples;
};

/// Bytes of the buffer that hold something still to be read: from the start of the instruction that writes
/// them to the retirement of the last one that reads them (of the writer, where nobody does). Indices are of
/// the program.
struct LiveRange {
  std::uint32_t writer = 0, last_reader = 0;
  Bytes bytes = 0;
  Address begin = 0;  // in the buffer
  bool operator==(const LiveRange&) const = default;
};

class CounterMaker {
 public:
  explicit CounterMaker(std::vector<LiveRange> live_ranges) : live_ranges_(std::move(live_ranges)) {}
  void see(const sim::InstructionSpan&);
  void see(const sim::TransferSpan&);
  /// `unit_names` by unit id.
  std::vector<Counter> counters(const std::vector<std::string>& unit_names) const;
  const std::vector<LiveRange>& live_ranges() const { return live_ranges_; }

 private:
  static constexpr std::size_t kMostWindows = 1u << 14;
  struct Times {
    Cycle started = 0, retired = 0;
    bool seen = false;
  };
  struct Queue {
    std::vector<Cycle> dispatched, decoded;
  };
  struct Windows {
    std::vector<Bytes> read, written;
  };
  void widen();
  Counter buffer_counter() const;

  std::vector<LiveRange> live_ranges_;
  std::vector<Times> times_;  // by instruction
  std::map<std::uint16_t, Queue> queues_;
  std::map<std::uint16_t, Windows> windows_;  // by server
  Cycles window_ = 256;
};

RawChunk encode(const Counter&);
Counter decode_counter(const ChunkHead&, std::vector<std::uint8_t> payload);

}  // namespace nnp::traces
