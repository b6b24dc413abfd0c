// SPDX-License-Identifier: Apache-2.0
// The host link at the level of transaction layer packets: header and framing bytes, maximum payload, round trips. Both
// directions are serialised on their own; a transfer's end is known in closed form when it is accepted.
//
// Overheads, PCI Express base specification 3.0, sections 2.2 and 4.2: 16-byte header for a memory request with 64-bit
// address, 12 bytes for a completion; 8 bytes of framing, sequence number and LCRC each.
#pragma once

#include <vector>

#include "models/chips/chip_spec.h"
#include "sim/kernel/bridge.h"

namespace nnp::sim {

struct PcieRequest {
  bool to_device = true;  // read of host memory by the device, or posted write to host memory
  std::uint32_t bytes = 0;
  std::uint8_t source = 0;
  std::uint32_t id = 0;
};
struct PcieAnswer {
  std::uint32_t id = 0;
  std::uint32_t bytes = 0;
};
struct PcieStatistics {
  Bytes to_device_bytes = 0, from_device_bytes = 0;
  std::uint64_t tlps = 0;
};

class PcieLink : public Committable {
 public:
  PcieLink(ClockDomain& core, const models::PcieSpec& spec) : core_(core), spec_(spec) {}
  /// Where the answers go: entry i belongs to PcieRequest::source == i.
  void connect_answers(std::vector<Bridge<PcieAnswer>*> by_source) { answers_ = std::move(by_source); }

  void send(const PcieRequest&);
  /// Time for one register write or interrupt message to cross: serialisation plus latency.
  Picoseconds message_time() const;
  /// Time for `bytes` in bulk to the device, requests pipelined: for loading a program outside the event loop.
  Picoseconds bulk_time(Bytes bytes);
  const PcieStatistics& statistics() const { return statistics_; }
  void reset() { statistics_ = {}, up_free_ = 0, down_free_ = 0; }

 private:
  void commit(Cycle now) override;
  Picoseconds serialise(Bytes bytes) const;
  Picoseconds latency() const { return static_cast<Picoseconds>(spec_.latency_s * 1e12); }

  ClockDomain& core_;
  models::PcieSpec spec_;
  std::vector<Bridge<PcieAnswer>*> answers_;
  std::vector<PcieRequest> pending_;
  Picoseconds up_free_ = 0, down_free_ = 0;
  PcieStatistics statistics_;
};

/// Bytes a second and direction after line coding: 8b/10b for generations 1 and 2, 128b/130b from 3 on.
double pcie_bandwidth_bytes_per_s(const models::PcieSpec&);

}  // namespace nnp::sim
