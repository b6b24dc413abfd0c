// SPDX-License-Identifier: Apache-2.0
// Ranges narrower than all that was seen: what lies outside is clipped, what lies inside gets finer codes.
#pragma once

#include "compiler/quantize/histogram.h"

namespace nnp::compiler {

/// Leaves out at most (100 - percentile) / 2 % of the numbers at each end; inside of a bin they are taken as
/// spread evenly. 100 is the histogram's whole range.
Range percentile_range(const Histogram&, double percentile);

/// Kullback and Leibler's divergence, in nats, from what was seen to what is left of it when the first `bins`
/// bins of a histogram of magnitudes get `levels` codes and all above is clipped into the last of them.
/// Infinite where something is clipped into a bin in which nothing was seen.
double divergence(const std::vector<std::uint64_t>& counts, std::size_t bins, std::size_t levels);

/// The limit on |x| whose divergence is least; of equals the largest. Szymon Migacz, "8-bit Inference with
/// TensorRT", GPU Technology Conference 2017, session S7310. Differences: 8-bit codes with a zero point cover
/// [max(lo, -T), min(hi, T)], so up to 255 of them lie on one side where the talk's symmetric ones are 128;
/// zeros are not counted; and empty bins are left as they are instead of smoothed.
/// `magnitudes` holds |x| of numbers whose minimum and maximum are `seen`.
Range entropy_range(const Histogram& magnitudes, const Range& seen);

}  // namespace nnp::compiler
