// SPDX-License-Identifier: Apache-2.0
// A memory without banks: every request moves its bytes at the capped bandwidth, one request after the other,
// and a read is answered a fixed latency after its last byte. For teaching and for asking what a perfect
// memory would change.
//
// Where requests come in order, what becomes of one is known as soon as it is sent: leap answers it then, and
// does the accounts of many at once when they have come.
#pragma once

#include <vector>

#include "sim/units/dram/memory_channel.h"

namespace nnp::sim {

class IdealMemory : public MemoryChannel, private BridgeTaker<MemoryRequest> {
 public:
  IdealMemory(std::string name, ClockDomain& memory_domain, const DramConfig&, TraceSink*,
              std::uint16_t unit_id);

  void tick(Cycle now) override;
  Cycle next_event(Cycle now) const override { return at_once_ ? kNever : requests_.next(now); }
  void reset() override;
  bool idle() const override { return requests_.empty() && served_.empty() && busy_until_ <= domain_.now(); }
  void expect_order() override;
  void catch_up(Cycle now) override;
  void finish(Cycle end) override;

 private:
  struct Service {
    Cycle ready, done;   // the request's and the answer's
    Cycles data_cycles;  // in which its bytes move
    std::uint32_t bytes;
    bool write;
  };
  void take(const MemoryRequest&, Cycle ready) override;
  Service serve(const MemoryRequest&, Cycle ready);
  void account(const Service&);
  void close_busy_time();

  static constexpr std::size_t kAccounts = 64;  // done at once
  const double clocks_per_byte_;                // 0: unlimited
  const Cycles latency_;
  bool at_once_ = false;
  std::vector<Service> served_;  // at once, and not accounted for yet
  Cycle last_ready_ = 0;
  // The data path works without a gap since cycle stream_since_ and has moved stream_bytes_ since; so
  // rounding never adds up.
  Cycle stream_since_ = 0;
  Bytes stream_bytes_ = 0;
  Cycle stream_end_ = 0;
  Cycle busy_since_ = 0, busy_until_ = 0;
};

}  // namespace nnp::sim
