// SPDX-License-Identifier: Apache-2.0
// How far one step of an RNN, GRU or LSTM of codes may be from the same step in binary32: the sum of the
// roundings that docs/guide/numerics.md names, and of binary32's own.
#pragma once

#include <vector>

#include "compiler/ir/quantized.h"
#include "host_runtime/reference/naive/recurrent/recurrent.h"

namespace nnp::compare {

/// A real number x of the exact step, and how far apart at most the two sides' values of it are.
struct Near {
  double value = 0, apart = 0;
};

/// f of `x`, on one side by the 513-entry table, on the other by a function of binary32. `held` is x as the
/// table's 16 bits can hold it, where its own code is past their end; elsewhere x's value.
Near through_table(ir::Function16, double in_scale, double out_scale, Near x, double held);

/// Codes that may be between the two sides, rounded down: [T * B, H] of h and, of an LSTM, of c.
struct StepDistances {
  std::vector<std::int64_t> h, c;
};

/// Of every step from the naive side's own state before it.
StepDistances step_distances(const reference::naive::Operands&, const reference::naive::RecurrentCodes&);

}  // namespace nnp::compare
