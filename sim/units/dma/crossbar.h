// SPDX-License-Identifier: Apache-2.0
// From the engines of the core to the memory channels: splits addresses over channels, adds the way's
// latency. Requests of one cycle leave it sorted by engine, so the order in which units tick cannot matter.
#pragma once

#include <vector>

#include "sim/kernel/bridge.h"
#include "sim/kernel/divisor.h"
#include "sim/units/dram/memory_messages.h"

namespace nnp::sim {

class Crossbar : public Committable {
 public:
  /// `latency_cycles` of the core clock each way; both ways are charged to the request. Consecutive
  /// `block_bytes` lie on one channel. `capacity` is that of all channels.
  Crossbar(ClockDomain& core, std::vector<Bridge<MemoryRequest>*> channels, Bytes block_bytes, Bytes capacity,
           Cycles latency_cycles)
      : core_(core),
        channels_(std::move(channels)),
        channel_count_(channels_.size()),
        block_bytes_(block_bytes),
        capacity_(capacity),
        latency_cycles_(latency_cycles) {}

  /// Of consecutive bytes on one channel.
  const Divisor& block() const { return block_bytes_; }
  /// `request.address` is a device memory address. What lies in one block goes to its channel as a request of
  /// its own; their transfers are numbered on from request.transfer. Throws AddressError past the capacity.
  void send(const MemoryRequest& request);

 private:
  void commit(Cycle now) override;
  void spread(const MemoryRequest& request, Cycle arrival);
  ClockDomain& core_;
  std::vector<Bridge<MemoryRequest>*> channels_;
  Divisor channel_count_, block_bytes_;
  Bytes capacity_;
  Cycles latency_cycles_;
  std::vector<MemoryRequest> pending_;
};

}  // namespace nnp::sim
