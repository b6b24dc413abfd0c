// SPDX-License-Identifier: Apache-2.0
// The integer parameters of RNN, GRU and LSTM: docs/guide/numerics.md is the definition.
#pragma once

#include "compiler/ir/quantized.h"
#include "compiler/ir/recurrent.h"

namespace nnp::ir {

struct RecurrentParams {
  std::vector<numerics::ChannelParam> sums;  // by column: bias, scale to kGateInScale
  std::vector<std::int16_t> sigmoid;         // GRU, LSTM
  std::vector<std::int16_t> tanh_gate;       // an RNN's has entries at the scale of h
  std::vector<std::int16_t> tanh_cell;       // LSTM
  float gate = 0;                            // GRU, LSTM: of a gate times what keeps its scale
  float peephole = 0;                        // LSTM: of a peephole times c, to kGateInScale
  float cell_from_input = 0;                 // LSTM: of i g, to the cell's scale
  float hidden = 0;                          // GRU, LSTM: of two values at kGateOutScale, to the scale of h
  numerics::OutputRange hidden_range{};      // of h
};
RecurrentParams recurrent_params(const Graph&, const Node&);

}  // namespace nnp::ir
