// SPDX-License-Identifier: Apache-2.0
// The host link at the level of transaction layer packets: each direction is a serial resource in whole
// packets; credits hold a sender back. A request's end is known in closed form when it is accepted: no event
// a packet, the answer carries its time.
//
// Latency is one way, from the last byte sent to where it takes effect, host memory included; credits come
// back after the same way again. Up is towards the host.
#pragma once

#include <vector>

#include "models/chips/chip_spec.h"
#include "sim/kernel/bridge.h"
#include "sim/units/pcie/credit_pool.h"
#include "sim/units/pcie/pcie_wire.h"

namespace nnp::sim {

struct PcieRequest {
  bool to_device = true;  // read of host memory by the device, or posted write to host memory
  std::uint32_t bytes = 0;
  std::uint8_t source = 0;
  std::uint32_t id = 0;
  Address host = 0;  // where the bytes lie in host memory: its alignment decides the packets
};
struct PcieAnswer {
  std::uint32_t id = 0;
  std::uint32_t bytes = 0;
};
struct PcieStatistics {
  Bytes to_device_bytes = 0, from_device_bytes = 0;  // data
  Bytes down_bytes = 0, up_bytes = 0;                // packets with headers and framing
  std::uint64_t tlps = 0;
};

class PcieLink : public Committable {
 public:
  PcieLink(ClockDomain& core, const models::PcieSpec& spec);
  /// Where the answers go: entry i belongs to PcieRequest::source == i.
  void connect_answers(std::vector<Bridge<PcieAnswer>*> by_source) { answers_ = std::move(by_source); }

  /// Requests of one cycle go by source, then in the order of calls. A read is answered when its last
  /// completion has arrived, a write when its last packet has left the device.
  void send(const PcieRequest&);
  /// Time for one register write or interrupt message to cross: a posted write of 4 bytes.
  Picoseconds message_time() const { return wire_.time(wire_.write(4)) + latency_; }
  /// Time for `bytes` in bulk to the device by reads that keep the link or the window full: for loading a
  /// program outside the event loop.
  Picoseconds bulk_time(Bytes bytes);
  const PcieWire& wire() const { return wire_; }
  const PcieStatistics& statistics() const { return statistics_; }
  void reset();

 private:
  /// The lanes of one direction. Counts bytes since they were last idle, so that rounding cannot add up.
  struct Lanes {
    Picoseconds busy_since = 0, free_from = 0;
    Bytes bytes = 0;  // since then
    Picoseconds send(const PcieWire& wire, Picoseconds earliest, Bytes packet);
  };
  void commit(Cycle now) override;
  Picoseconds read(const PcieRequest&, Picoseconds present);
  Picoseconds write(const PcieRequest&, Picoseconds present);

  ClockDomain& core_;
  PcieWire wire_;
  Picoseconds latency_;
  Bytes outstanding_reads_;
  std::vector<Bridge<PcieAnswer>*> answers_;
  std::vector<PcieRequest> pending_;
  Cycle stalled_until_ = 0;  // by an injected stall; a link keeps its order
  Lanes up_, down_;
  CreditPool posted_, nonposted_, completions_;
  PcieStatistics statistics_;
};

}  // namespace nnp::sim
