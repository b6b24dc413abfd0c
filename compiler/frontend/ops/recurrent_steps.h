// SPDX-License-Identifier: Apache-2.0
// RNN, GRU and LSTM in forms that the IR's nodes do not have (other functions, clipped gates, input_forget),
// step by step: a Gemm of x for all steps at once, then for each step a Gemm of h and the vector unit's
// functions. The chip runs those as any other layers.
#pragma once

#include "compiler/frontend/graph_builder.h"
#include "compiler/frontend/ops/cell_functions.h"

namespace nnp::compiler {

/// Longer sequences are refused: each step becomes some ten nodes.
inline constexpr std::int64_t kMostSteps = 256;

/// One direction. Values: x [T, B, I], the initial states [1, B, H] or kNoValue. Tensors are those of the
/// direction, without its axis: W [GH, I], R [GH, H], bias [2GH] and peepholes [3H] or empty.
struct StepwiseCell {
  std::int64_t steps, batch, input, hidden;
  bool reverse;
  std::string suffix;  // of names
  std::vector<CellFunction> functions;
  ir::ValueId x, initial_h, initial_c;
  std::vector<float> w, r, bias, peepholes;
};
/// Y [T, B, H], Y_h [1, B, H] and, of an LSTM, Y_c.
std::vector<ir::ValueId> emit_steps(GraphBuilder&, const OnnxNode&, const StepwiseCell&);

}  // namespace nnp::compiler
