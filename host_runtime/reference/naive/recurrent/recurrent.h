// SPDX-License-Identifier: Apache-2.0
// RNN, GRU and LSTM taken apart, for judges that put other sums in place of ours.
#pragma once

#include "compiler/ir/recurrent.h"
#include "host_runtime/reference/naive/call.h"

namespace nnp::reference::naive {

/// Checks the shapes of a node's operands.
ir::RecurrentShape checked_recurrent_shape(const Operands&);

/// Wb and Rb of a float node as they are added to its columns.
std::vector<float> recurrent_bias(const Operands&);

/// The sums [T * B, columns] as one product: [x_t | h_(t-1)] of every step, with r * h behind where a GRU
/// multiplies that, where h follows from the given sums; and the weights, zeros where columns have no
/// product.
ir::Tensor recurrent_joined_input(const Operands&, const ir::Tensor& sums);
ir::Tensor recurrent_joined_weights(const Operands&);

/// What a node of codes computes on the way, in the order of time: sums [T * B, columns]; h and, of an LSTM,
/// c before and after each step, s16 [T * B, H] each.
struct RecurrentCodes {
  ir::Tensor sums;
  ir::Tensor h_before, c_before, h, c;
};
RecurrentCodes recurrent_codes(const Operands&);

}  // namespace nnp::reference::naive
