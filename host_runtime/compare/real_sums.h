// SPDX-License-Identifier: Apache-2.0
// A judge's answer for the sums of a real node, and how far two right answers may be apart.
#pragma once

#include "host_runtime/reference/reference.h"

namespace nnp::compare {

/// All float32 [m, n], as the chip's sums.
struct RealSums {
  ir::Tensor sums;
  ir::Tensor bounds;  // |chip - sums| is at most this
};

/// Both sums differ from the exact one by at most g sum |a| |w|, g = K u / (1 - K u), u = 2^-24, K the number
/// of terms, whatever the order of addition and whether products are rounded (Higham, Accuracy and Stability
/// of Numerical Algorithms, 2nd edition, section 3.1). The judge computes sum |a| |w| too, itself within 1 -
/// g; where results underflow, each term may lose 2^-126. `chip`: the chip's sums, from which the h of an
/// RNN, GRU or LSTM follows.
RealSums real_sums(reference::SumsJudge&, const ir::Graph&, const ir::Node&, const ir::Tensor& chip,
                   const reference::Tensors& values);

}  // namespace nnp::compare
