// SPDX-License-Identifier: Apache-2.0
// Accumulators -> buffer: bias, per-channel scale, zero point, clamp. Reads the channel parameters, then one accumulator row
// a cycle (as many cycles as a row's result has buffer words).
#pragma once

#include "sim/units/engine/serial_engine.h"

namespace nnp::sim {

class DrainUnit : public SerialEngine {
 public:
  using SerialEngine::SerialEngine;

 private:
  void plan(const Job& job, StreamRequest& request) const override;
  void retire(Job& job) override;
};

}  // namespace nnp::sim
