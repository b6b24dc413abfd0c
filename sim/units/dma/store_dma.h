// SPDX-License-Identifier: Apache-2.0
// STORE: buffer -> device memory. A chunk is read from the buffer, then written to memory; several are in
// flight.
#pragma once

#include "sim/units/buffers/slot_arbiter.h"
#include "sim/units/dma/memory_port.h"
#include "sim/units/dma/transfer.h"

namespace nnp::sim {

class StoreDma : public QueueEngine {
 public:
  StoreDma(std::string name, std::uint16_t unit_id, EngineContext context, std::size_t queue_depth,
           SlotArbiter& arbiter, Crossbar& crossbar, std::uint8_t source, Bytes request_bytes,
           Bytes window_bytes, Cycles more_read_cycles)
      : QueueEngine(std::move(name), unit_id, context, queue_depth),
        arbiter_(arbiter),
        log_(track_, context.trace),
        port_(context.domain, crossbar, log_, source, window_bytes),
        request_bytes_(request_bytes),
        word_(context.state.arch.buffer_word_bytes),
        more_read_cycles_(more_read_cycles) {
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
  struct Writing {  // a chunk sent to memory
    InFlight* entry = nullptr;
    bool done = false, last_of_job = false;
  };
  void retire(Job& job) override;
  Cycle read_end() const { return grant_.start + read_length_ + more_read_cycles_; }
  bool ready_to_read() const {
    return reading_ != nullptr && !grant_.requested && port_.can_send(walk_.peek(request_bytes_).bytes);
  }

  SlotArbiter& arbiter_;
  TransferLog log_;
  MemoryPort port_;
  Bytes request_bytes_;
  const Divisor word_;       // of the buffer, in bytes
  Cycles more_read_cycles_;  // of the buffer, beyond one: the last word of a chunk is there so much later
  TrafficCounter traffic_;
  InFlight* reading_ = nullptr;
  TransferWalk walk_;
  StreamGrant grant_;
  Cycles read_length_ = 0;
  NumberedQueue<Writing> chunks_;  // as the port has them
  std::uint32_t jobs_out_ = 0;     // last chunks of jobs among them
};

}  // namespace nnp::sim
