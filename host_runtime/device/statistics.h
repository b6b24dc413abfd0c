// SPDX-License-Identifier: Apache-2.0
// What a device says about one inference. Core cycles throughout; unknown is zero.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "host_runtime/device/turns.h"
#include "isa/arch/units.h"

namespace nnp::device {

/// One unit's closed account: busy + waits + idle = cycles.
struct UnitStatistics {
  std::string name;
  Cycles cycles = 0, busy = 0, idle = 0;
  std::map<std::string, Cycles> waits;  // by cause
  bool operator==(const UnitStatistics&) const = default;
};

struct LayerStatistics {
  Cycle start_cycle = 0, end_cycle = 0;  // first to last cycle in which any unit worked for it
  Cycles array_active = 0;               // the array streams
  Cycles array_occupied = 0;             // or loads, or has sums on their way, each cycle counted once
  std::map<std::string, Cycles> array_waits;
  Bytes dram_read_bytes = 0, dram_write_bytes = 0, weight_bytes = 0;
  bool seen = false;
  std::array<Cycles, kWorkers> busy{};  // in its turn and before it
  TurnStatistics turn;
  bool operator==(const LayerStatistics&) const = default;
};

/// What a register-level or RTL array did whose sums are the run's; no name where the values came in bulk.
struct DrivenArrayStatistics {
  std::string name;
  std::uint64_t passes = 0, sums = 0;  // each sum stood at the edge in its cycle
  Cycles ticks = 0;                    // clock edges; cycles with an empty array are left out
  bool operator==(const DrivenArrayStatistics&) const = default;
};

/// TPU v1's classes: active + weight_stall + weight_shift + non_matrix = cycles; raw_stall and input_stall
/// overlap them.
struct ArrayStatistics {
  Cycles active = 0, weight_stall = 0, weight_shift = 0, non_matrix = 0, raw_stall = 0, input_stall = 0;
  std::uint64_t useful_macs = 0;
  DrivenArrayStatistics driven;
  bool operator==(const ArrayStatistics&) const = default;
};

struct DramTotals {
  std::uint32_t channels = 0;
  Bytes read_bytes = 0, write_bytes = 0;  // whole bursts on the bus
  std::uint64_t row_hits = 0, row_misses = 0, row_conflicts = 0, refreshes = 0;
  double bandwidth_utilization = 0;  // bus bytes over peak
  /// Where the time of the data buses went, in cycles of the memory clock over all channels: "data" and each
  /// BusWait. They add up to channels x memory cycles of the run; empty for an ideal memory.
  std::map<std::string, Cycles> bus_cycles;
  bool operator==(const DramTotals&) const = default;
};

struct PcieTotals {
  Bytes to_device_bytes = 0, from_device_bytes = 0;
  std::uint64_t tlps = 0;
  bool operator==(const PcieTotals&) const = default;
};

struct RunStatistics {
  Cycles cycles = 0;       // doorbell to interrupt, all launches
  Cycles load_cycles = 0;  // program and weights over PCIe, once
  std::uint64_t core_frequency_khz = 0;
  std::vector<UnitStatistics> units;
  std::vector<LayerStatistics> layers;
  TurnStatistics
      launch;  // cycles of no layer: doorbell, interrupt, host transfers; turns and this sum to `cycles`
  ArrayStatistics array;
  DramTotals dram;
  PcieTotals pcie;
  std::uint64_t unit_ticks = 0;
  bool operator==(const RunStatistics&) const = default;
};

}  // namespace nnp::device
