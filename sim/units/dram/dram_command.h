// SPDX-License-Identifier: Apache-2.0
// What a memory channel does, for observers and reports: its commands one by one, and their sums.
#pragma once

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
  REF
};  // the standard's names; PREA closes all banks
const char* to_string(DramOp);

/// One command on the channel's command bus. Fields that the command does not carry are 0.
struct DramCommand {
  Cycle cycle = 0;  // of the memory clock
  DramOp op = DramOp::ACT;
  std::uint8_t bank_group = 0;
  std::uint8_t bank = 0;     // within its group
  std::uint32_t row = 0;     // ACT
  std::uint32_t column = 0;  // RD and WR: the burst within the row, not the device column
  bool operator==(const DramCommand&) const = default;
};
using DramCommandObserver = std::function<void(const DramCommand&)>;

/// Sums since reset. Row outcomes are by burst: a hit found its row open; a miss needed ACT; a conflict
/// needed PRE and ACT.
struct DramStatistics {
  std::uint64_t read_bursts = 0, write_bursts = 0;  // hits + misses + conflicts
  Bytes read_bytes = 0, write_bytes = 0;            // as requested, before rounding out to bursts
  std::uint64_t row_hits = 0, row_misses = 0, row_conflicts = 0;
  std::uint64_t act = 0, pre = 0, rd = 0, wr = 0, ref = 0;  // commands; PREA counts as one pre
  Cycles data_cycles = 0;                                   // data bus in use
  Cycles pending_cycles = 0;  // some request waiting, moving or not yet written; equals the busy state
  bool operator==(const DramStatistics&) const = default;
};

}  // namespace nnp::sim
