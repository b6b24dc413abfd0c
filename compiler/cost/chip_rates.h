// SPDX-License-Identifier: Apache-2.0
// What a chip's parameters make of time, in core cycles: how fast memory streams, what a request takes, when
// the first instruction is there. Each formula names the unit that it describes.
#pragma once

#include <algorithm>

#include "models/chips/chip_spec.h"

namespace nnp::compiler {

struct ChipRates {
  // Device memory, all channels (sim/units/dram).
  double peak = 0;                              // bytes a cycle
  double bytes_per_cycle = 0;                   // of a long stream: peak less refreshes
  double refresh_every = 0, refresh_stall = 0;  // cycles; 0: never
  double read_latency = 0;                      // from a request to its answer, beyond the time of its bytes
  double open_row = 0;                          // of that what a request does not take whose row is open
  double write_latency = 0;                     // the same of a write, which is answered when it is queued
  Bytes access_bytes = 1;                       // the memory moves whole accesses of this size
  double block_bytes = 0;                       // consecutive bytes on one channel
  double channels = 1;
  bool in_order = false;  // what comes first is served first
  /// Of a read of so many bytes: they may lie on few channels.
  double latency(double bytes) const {
    return read_latency + std::max(0.0, std::min(bytes, block_bytes) * channels - bytes) / peak;
  }
  /// The rates for a run of so many cycles from the doorbell, which as many refreshes hold up as fall into
  /// it.
  ChipRates within(double cycles) const;

  // The array (sim/units/matrix/timing/array_timing.cpp).
  double load = 0;     // the stationary operand, into the shadow registers
  double way_out = 0;  // output stationary: a pass keeps it so long
  double depth = 0;    // from the end of a stream until its last sum is in the accumulators

  // Doorbell, command processor, interrupt (sim/units/command_processor, sim/units/pcie).
  double doorbell = 0, interrupt = 0;  // a message across the link
  double fetch = 0;                    // from a fetch to its first instruction
  double instruction = 0;              // an instruction of a long stream
  bool fetches_from_memory = false;
};

/// Throws std::invalid_argument where the chip's memory does not fit together.
ChipRates chip_rates(const models::ChipSpec&);

}  // namespace nnp::compiler
