// SPDX-License-Identifier: Apache-2.0
// The proof that no int32 sum of a layer wraps.
#include "compiler/quantize/overflow.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "compiler/compile_error.h"

namespace nnp::compiler {
namespace {

constexpr std::int64_t kLargestSum = std::numeric_limits<std::int32_t>::max();

}  // namespace

std::int64_t largest_safe_code(const ChannelSum& sum) {
  const auto bias = static_cast<std::int64_t>(std::min(sum.bias + 1, static_cast<double>(kLargestBiasCode)));
  return (kLargestSum - bias) / std::max<std::int64_t>(sum.weights, 1);
}

void prove_no_overflow(const std::string& layer, const std::vector<ChannelSum>& sums,
                       std::int64_t largest_code) {
  for (std::size_t channel = 0; channel < sums.size(); ++channel) {
    const double sum =
        static_cast<double>(sums[channel].weights) * static_cast<double>(largest_code) + sums[channel].bias;
    if (sum <= static_cast<double>(kLargestSum)) continue;
    throw CompileError(fmt::format(
        "layer '{}' cannot be quantised: the sum of output channel {} can reach {:.4g}; 32 bits hold {}",
        layer, channel, sum, kLargestSum));
  }
}

}  // namespace nnp::compiler
