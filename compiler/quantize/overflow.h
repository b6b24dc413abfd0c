// SPDX-License-Identifier: Apache-2.0
// The proof that no int32 sum of a layer wraps: sum |w| * largest |x| + |bias| < 2^31 for each output
// channel.
#pragma once

#include <string>

#include "compiler/ir/graph.h"

namespace nnp::compiler {

/// Biases are held to this: half of the range is left to the products.
inline constexpr std::int32_t kLargestBiasCode = 1 << 30;

/// One output channel's share of the proof.
struct ChannelSum {
  std::int64_t weights = 0;  // sum of |weight codes|
  double bias = 0;           // |bias| code
};

/// Largest |code - zero point| of the input for which the sum fits; may exceed any type's range.
std::int64_t largest_safe_code(const ChannelSum&);

/// Throws CompileError naming the layer, the channel and the sum where the proof fails. `largest_code` bounds
/// |code - zero point|.
void prove_no_overflow(const std::string& layer, const std::vector<ChannelSum>&, std::int64_t largest_code);

}  // namespace nnp::compiler
