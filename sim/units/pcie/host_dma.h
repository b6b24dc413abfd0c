// SPDX-License-Identifier: Apache-2.0
// H2D and D2H: host memory <-> device memory or buffer. Two stages in a row: where the bytes come from and
// where they go; each is the link, the buffer or device memory. The first stage goes on with the next
// instruction of the same direction as soon as it has asked the link for, or has read, all of this one's.
//
// With a shared memory nothing moves between host and device memory: the instruction takes its issue cycle.
//
// On the link a chunk is one read request, or one packet of a posted write, sent when all its bytes are here.
// Runs are packed on the link. Behind it a line register spreads them: the buffer takes a word a cycle of
// whole strides, zeros included, and device memory as many bytes, for neither writes less than its own word.
#pragma once

#include <deque>

#include "isa/instruction/host_runs.h"
#include "sim/units/buffers/slot_arbiter.h"
#include "sim/units/dma/memory_port.h"
#include "sim/units/dma/transfer.h"
#include "sim/units/pcie/pcie_link.h"

namespace nnp::sim {

class HostDma : public QueueEngine {
 public:
  HostDma(std::string name, std::uint16_t unit_id, EngineContext context, std::size_t queue_depth,
          SlotArbiter& arbiter, Crossbar& crossbar, PcieLink& link, std::uint8_t source,
          std::uint8_t link_source, Bytes memory_window_bytes, std::uint32_t outstanding_reads,
          Cycles more_read_cycles, bool shared_memory)
      : QueueEngine(std::move(name), unit_id, context, queue_depth),
        arbiter_(arbiter),
        link_(link),
        link_source_(link_source),
        log_(track_, context.trace),
        port_(context.domain, crossbar, log_, source, memory_window_bytes),
        link_answers_(context.domain),
        more_read_cycles_(more_read_cycles),
        shared_memory_(shared_memory),
        read_window_bytes_(outstanding_reads * link.wire().max_read_request()),
        write_window_bytes_(
            std::max({memory_window_bytes, 2 * link.wire().max_payload(), 2 * kDeviceReadBytes})) {
    port_.answers().connect(this);
    link_answers_.connect(this);
  }
  MemoryPort& port() { return port_; }
  Bridge<PcieAnswer>& link_answers() { return link_answers_; }
  void tick(Cycle now) override;
  Cycle next_event(Cycle now) const override;
  void reset() override;

 private:
  static constexpr Bytes kDeviceReadBytes = 512;  // one read of device memory or buffer; assumption
  enum class Place : std::uint8_t { link, buffer, memory };
  struct Stage {
    Place place = Place::link;
    Bytes total = 0;  // packed on the link, with the gaps between runs elsewhere
    Bytes begun = 0, done = 0;
  };
  struct Copy {
    InFlight* entry;
    isa::HostRuns runs;
    Stage from, to;
    const Job& job() const { return entry->job; }
    bool to_device() const { return from.place == Place::link; }
    Stage& at(Place place) { return from.place == place ? from : to; }
  };
  void retire(Job& job) override;
  bool may_start() const;
  void start_copy(Cycle now);
  UnitState present_state(Cycle now) const;
  bool nothing_moves(const Copy& copy) const {
    return shared_memory_ && copy.from.place != Place::buffer && copy.to.place != Place::buffer;
  }
  /// So many bytes at a place are done: of the first copy that has begun some there.
  void done(Place place, Bytes bytes);
  /// The next bytes of the first stage (of the last copy) and of the second (of the first); 0 when there are
  /// none.
  Bytes from_chunk() const;
  Bytes to_chunk() const;
  Bytes held() const;
  bool can_begin(const Stage& stage, Bytes bytes) const;
  bool can_begin_from() const;
  bool can_begin_to() const { return to_chunk() > 0 && can_begin(copies_.front().to, to_chunk()); }
  void begin(Copy& copy, Stage& stage, Bytes bytes, Cycle now);

  SlotArbiter& arbiter_;
  PcieLink& link_;
  std::uint8_t link_source_;
  TransferLog log_;
  MemoryPort port_;
  Bridge<PcieAnswer> link_answers_;
  Cycles more_read_cycles_;  // of the buffer, beyond one
  bool shared_memory_;
  // What may be begun in the first stage and not yet have left for the second: reads on the link, or the
  // bytes that wait for it.
  Bytes read_window_bytes_, write_window_bytes_;

  std::deque<Copy> copies_;  // all in one direction
  StreamGrant grant_;
  Cycles stream_length_ = 0;  // until the last word is written, or has been read
  Bytes stream_bytes_ = 0;
  bool begun_ = false;  // something, in the last tick
};

}  // namespace nnp::sim
