// SPDX-License-Identifier: Apache-2.0
// LOAD: device memory -> buffer. Requests run ahead by a window, into the next instructions too; what arrives
// is written into the buffer chunk by chunk.
#pragma once

#include "sim/units/buffers/slot_arbiter.h"
#include "sim/units/dma/memory_port.h"
#include "sim/units/dma/transfer.h"

namespace nnp::sim {

class LoadDma : public QueueEngine {
 public:
  LoadDma(std::string name, std::uint16_t unit_id, EngineContext context, std::size_t queue_depth,
          SlotArbiter& arbiter, Crossbar& crossbar, std::uint8_t source, Bytes request_bytes,
          Bytes window_bytes)
      : QueueEngine(std::move(name), unit_id, context, queue_depth),
        arbiter_(arbiter),
        log_(track_, context.trace),
        port_(context.domain, crossbar, log_, source, window_bytes),
        request_bytes_(request_bytes),
        word_(context.state.arch.buffer_word_bytes) {
    port_.answers().connect(this);
  }
  MemoryPort& port() { return port_; }
  const TrafficCounter& traffic() const { return traffic_; }
  void tick(Cycle now) override;
  Cycle next_event(Cycle now) const override;
  void reset() override;
  void catch_up(Cycle now) override;

 private:
  void receive(Cycle now);
  struct Arriving {  // a chunk in flight or waiting to be written
    InFlight* entry = nullptr;
    Address buffer = 0;
    Bytes bytes = 0;
    bool arrived = false;
    bool last_of_job = false;
  };
  void retire(Job& job) override;
  void write_next(Cycle now);
  /// Or about to: it has asked for the buffer.
  bool writing(Cycle now) const { return grant_.requested && (!grant_.granted() || now >= grant_.start); }
  UnitState state_besides_issuing(Cycle now) const;
  bool issue(Cycle now);

  SlotArbiter& arbiter_;
  TransferLog log_;
  MemoryPort port_;
  Bytes request_bytes_;
  const Divisor word_;  // of the buffer, in bytes
  TrafficCounter traffic_;
  InFlight* issuing_ = nullptr;
  TransferWalk walk_;
  NumberedQueue<Arriving> chunks_;  // as the port has them
  StreamGrant grant_;
  Cycles write_length_ = 0;
};

}  // namespace nnp::sim
