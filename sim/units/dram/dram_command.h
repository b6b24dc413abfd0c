// SPDX-License-Identifier: Apache-2.0
// What a memory channel does, for observers and reports: its commands one by one, their sums, and where the
// time of its data bus went.
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "isa/arch/units.h"

namespace nnp::sim {

enum class DramOp : std::uint8_t {
  ACT,
  PRE,
  PREA,
  RD,
  WR,
  REF,
  REFpb
};  // the standards' names; PREA closes all banks of a rank, REFpb refreshes one set of banks
const char* to_string(DramOp);

/// One command on the channel's command bus. Fields that the command does not carry are 0.
struct DramCommand {
  Cycle cycle = 0;  // of the memory clock, the command's first
  DramOp op = DramOp::ACT;
  std::uint8_t rank = 0;
  std::uint8_t bank_group = 0;
  std::uint8_t bank = 0;     // within its group
  std::uint32_t row = 0;     // ACT
  std::uint32_t column = 0;  // RD and WR: the burst within the row, not the device column
  bool operator==(const DramCommand&) const = default;
};
using DramCommandObserver = std::function<void(const DramCommand&)>;

/// What the data bus waits for while it moves nothing. A gap before a burst is charged to what held up that
/// burst's column command, and where that was its activate, to what held up the activate.
enum class BusWait : std::uint8_t {
  refresh,      // the rank or bank was refreshed, or closed for it
  tCCD_L,       // columns in one bank group, or the array's own column rate
  tFAW,         // activates too close: tFAW and tRRD
  turnaround,   // reads after writes or writes after reads
  rank_switch,  // columns of two ranks
  row_cycling,  // closing and opening rows: tRP, tRCD, tRAS, tRC
  command_bus,  // another command had the bus, or the scheduler put others first
  no_requests,  // nothing waited
  count
};
inline constexpr std::size_t kBusWaits = static_cast<std::size_t>(BusWait::count);
const char* to_string(BusWait);

/// Sums since reset. Row outcomes are by burst: a hit found its row open; a miss needed ACT; a conflict
/// needed PRE and ACT.
struct DramStatistics {
  std::uint64_t read_bursts = 0, write_bursts = 0;  // hits + misses + conflicts
  Bytes read_bytes = 0, write_bytes = 0;            // as requested, before rounding out to bursts
  std::uint64_t row_hits = 0, row_misses = 0, row_conflicts = 0;
  std::uint64_t act = 0, pre = 0, rd = 0, wr = 0, ref = 0;  // commands; PREA is one pre, REFpb one ref
  Cycles data_cycles = 0;                                   // data bus in use
  std::array<Cycles, kBusWaits> bus_waits{};  // the rest, up to the end of the last data: with data_cycles
                                              // they add up to that cycle
  Cycles pending_cycles = 0;  // some request waiting, moving or not yet written; busy + waiting states
  bool operator==(const DramStatistics&) const = default;
  /// Field by field, modulo 2^64: a difference may be negative.
  DramStatistics& operator+=(const DramStatistics&);
  DramStatistics& operator-=(const DramStatistics&);
};

}  // namespace nnp::sim
