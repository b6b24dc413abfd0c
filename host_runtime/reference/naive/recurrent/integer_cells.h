// SPDX-License-Identifier: Apache-2.0
// RNN, GRU and LSTM of codes: the steps of docs/guide/numerics.md by numerics' functions.
#pragma once

#include "compiler/ir/quantized_recurrent.h"
#include "host_runtime/reference/naive/recurrent/recurrence.h"

namespace nnp::reference::naive {

class IntegerCell {
 public:
  using Value = std::int16_t;
  using Weight = std::int8_t;
  using Sum = std::int32_t;
  using Kept = std::int16_t;

  IntegerCell(const Operands&, const ir::RecurrentShape&);
  RecurrentState<IntegerCell> initial_state() const;
  void step(const Sum* sums, Value* h, Kept* c) const;
  void reset(const Sum* sums, const Value* h, Value* out) const;

 private:
  void lstm(Value* gates, Value* h, Kept* c) const;
  /// Adds to `gate` what the cell state gives it through peepholes `which` of i, o, f; nothing without.
  void peep(std::size_t which, const Kept* c, Value* gate) const;
  void gru(Value* gates, Value* h) const;

  const Operands& node_;
  ir::RecurrentShape shape_;
  RecurrentSizes s_;
  ir::RecurrentParams params_;
};

}  // namespace nnp::reference::naive
