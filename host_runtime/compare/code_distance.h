// SPDX-License-Identifier: Apache-2.0
// How many steps the codes of a layer may be from those of a runner that works on binary32 between codes.
#pragma once

#include "host_runtime/reference/naive/call.h"

namespace nnp::compare {

/// Two right runners round otherwise only next to the border between two codes: one step, as long as their
/// real numbers are less than a step apart.
inline constexpr std::int64_t kAllowedLsb = 1;

/// By element of the first output, or one number for all of them. More than kAllowedLsb only of 16-bit codes,
/// whose steps are as fine as binary32's error of a long sum, and of those that come from a table of 513
/// entries. Not for an RNN, GRU or LSTM: step_distance.h. `output`: the naive codes.
std::vector<std::int64_t> allowed_distances(const reference::naive::Operands&, const ir::Tensor& output);

}  // namespace nnp::compare
