// SPDX-License-Identifier: Apache-2.0
// A memory without banks: every request moves its bytes at the capped bandwidth, one request after the other,
// and a read is answered a fixed latency after its last byte. For teaching and for asking what a perfect
// memory would change.
#pragma once

#include "sim/units/dram/memory_channel.h"

namespace nnp::sim {

class IdealMemory : public MemoryChannel {
 public:
  IdealMemory(std::string name, ClockDomain& memory_domain, const DramConfig&, TraceSink*,
              std::uint16_t unit_id);

  void tick(Cycle now) override;
  Cycle next_event(Cycle now) const override { return requests_.next(now); }
  void reset() override;
  bool idle() const override { return requests_.empty() && busy_until_ <= domain_.now(); }
  void finish(Cycle end) override;

 private:
  void close_busy_time();

  const double clocks_per_byte_;  // 0: unlimited
  const Cycles latency_;
  // The data path works without a gap since cycle stream_since_ and has moved stream_bytes_ since; so
  // rounding never adds up.
  Cycle stream_since_ = 0;
  Bytes stream_bytes_ = 0;
  Cycle stream_end_ = 0;
  Cycle busy_since_ = 0, busy_until_ = 0;
};

}  // namespace nnp::sim
