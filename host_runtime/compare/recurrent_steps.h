// SPDX-License-Identifier: Apache-2.0
// An RNN, GRU or LSTM of codes as a judge of its steps sees it. Two sides that round differently drift apart
// from step to step, so each step is taken for itself: a batch of T * B sequences of length 1, each from the
// state that the naive side had before that step.
#pragma once

#include <functional>

#include "host_runtime/reference/naive/recurrent/recurrent.h"

namespace nnp::compare {

struct RecurrentSteps {
  ir::Graph graph;  // QuantizeLinear of each input, the node at T = 1, DequantizeLinear
  std::vector<ir::Tensor>
      inputs;  // x, h and, of an LSTM, c: float32, exactly the real numbers of their codes
  ir::ValueId h = ir::kNoValue, c = ir::kNoValue;  // codes [1, T * B, H] and [1, T * B, H]
};

RecurrentSteps recurrent_steps(const reference::naive::Operands&, const reference::naive::RecurrentCodes&);

/// Runs a small integer graph on the other side: judged_values of it, by value.
using StepRunner = std::function<reference::Tensors(const ir::Graph&, const std::vector<ir::Tensor>& inputs)>;

}  // namespace nnp::compare
