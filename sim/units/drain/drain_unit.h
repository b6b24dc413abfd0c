// SPDX-License-Identifier: Apache-2.0
// Accumulators -> buffer: bias, per-channel scale, zero point, clamp. Reads the channel parameters, then one
// accumulator row a cycle, or as many cycles as its lanes take for a row, or its result has buffer words.
#pragma once

#include "sim/units/engine/serial_engine.h"

namespace nnp::sim {

class DrainUnit : public SerialEngine {
 public:
  /// `lanes`: sums a cycle.
  DrainUnit(std::string name, std::uint16_t unit_id, EngineContext context, std::size_t queue_depth,
            SlotArbiter& arbiter, Cycles latency, std::uint32_t lanes)
      : SerialEngine(std::move(name), unit_id, context, queue_depth, arbiter, latency), lanes_(lanes) {}

 private:
  std::uint32_t lanes_;
  void plan(const Job& job, StreamRequest& request) const override;
  void retire(Job& job) override;
};

}  // namespace nnp::sim
