// SPDX-License-Identifier: Apache-2.0
// An engine that runs one instruction at a time as a stream through the buffer: drain and vector unit. While one streams, the
// next waits with its tokens and asks for the buffer one cycle ahead, so that streams follow each other without a gap.
#pragma once

#include "sim/units/buffers/slot_arbiter.h"
#include "sim/units/engine/engine.h"

namespace nnp::sim {

class SerialEngine : public QueueEngine {
 public:
  SerialEngine(std::string name, std::uint16_t unit_id, EngineContext context, std::size_t queue_depth, SlotArbiter& arbiter,
               Cycles latency)
      : QueueEngine(std::move(name), unit_id, context, queue_depth), arbiter_(arbiter), latency_(latency) {}

  void tick(Cycle now) override;
  Cycle next_event(Cycle now) const override;
  bool drained() const override { return QueueEngine::drained() && !streaming_; }

 protected:
  /// How long the job streams and which words it touches. Fills length, first_words and sequences.
  virtual void plan(const Job& job, StreamRequest& request) const = 0;

 private:
  SlotArbiter& arbiter_;
  Cycles latency_;         // last word in to result usable
  StreamGrant grant_;      // of next_
  Cycles length_ = 0;      // of the stream that is granted or running
  InFlight* streaming_ = nullptr;
  Cycle stream_end_ = 0;
};

}  // namespace nnp::sim
