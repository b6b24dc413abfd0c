// SPDX-License-Identifier: Apache-2.0
// Elementwise operations, tables, pooling, reductions and moves, buffer to buffer, `lanes` elements a cycle.
#pragma once

#include "sim/units/engine/serial_engine.h"

namespace nnp::sim {

class VectorUnit : public SerialEngine {
 public:
  VectorUnit(std::string name, std::uint16_t unit_id, EngineContext context, std::size_t queue_depth,
             SlotArbiter& arbiter, Cycles latency, std::uint32_t lanes)
      : SerialEngine(std::move(name), unit_id, context, queue_depth, arbiter, latency), lanes_(lanes) {}

 private:
  void plan(const Job& job, StreamRequest& request) const override;
  void retire(Job& job) override;
  std::uint32_t lanes_;
};

/// The values of one vector instruction. Throws AddressError, or std::runtime_error for types the operation
/// does not have.
void execute_vector(const Job& job, ChipState& state);
/// Of APPLY, COMBINE and REDUCE.
void execute_reals(const Job& job, ChipState& state);

}  // namespace nnp::sim
