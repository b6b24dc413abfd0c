// SPDX-License-Identifier: Apache-2.0
// The integer LSTM taken apart, for judges that put other sums in place of ours (docs/guide/numerics.md,
// LSTM).
#pragma once

#include "compiler/ir/quantized.h"
#include "host_runtime/reference/naive/call.h"

namespace nnp::reference::naive {

/// Steps, batch, inputs and hidden units of a node; checks its operands' shapes.
struct LstmSizes {
  std::size_t T, B, I, H;
};
LstmSizes lstm_sizes(const Operands&);

/// h and c, [B, H] each.
struct LstmState {
  std::vector<std::int16_t> h, c;
};
LstmState lstm_initial_state(const Operands&, const ir::LstmParams&);

/// Steps 1 to 4 of one time step, from its sums [B, 4H].
void lstm_step(const ir::LstmParams&, std::span<const std::int32_t> sums, LstmState&);

/// Wb + Rb of a float LSTM, 4H elements; zero without a bias.
std::vector<float> lstm_joined_bias(const Operands&);

/// [W | R] as a matrix [I + H, 4H].
ir::Tensor lstm_joined_weights(const Operands&, const ir::LstmParams&);

/// What the sums multiply: [x_t | h_(t-1)] of every step, [T * B, I + H], where h follows from the given
/// sums.
ir::Tensor lstm_joined_input(const Operands&, const ir::LstmParams&, const ir::Tensor& sums);

/// The same two of a real LSTM.
ir::Tensor real_lstm_joined_weights(const Operands&);
ir::Tensor real_lstm_joined_input(const Operands&, const ir::Tensor& sums);

}  // namespace nnp::reference::naive
