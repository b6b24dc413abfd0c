// SPDX-License-Identifier: Apache-2.0
// Percentiles and least divergence over histograms.
#include "compiler/quantize/clipping.h"

#include <numeric>

namespace nnp::compiler {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

double total(const std::vector<std::uint64_t>& counts) {
  return static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
}

/// How many bins, in fractions, hold `wanted` numbers from the front of [first, last).
template <typename Iterator>
double bins_holding(Iterator first, Iterator last, double wanted) {
  double bins = 0;
  for (; first != last; ++first, ++bins) {
    const auto here = static_cast<double>(*first);
    if (wanted < here) return bins + wanted / here;
    wanted -= here;
  }
  return bins;
}

/// 8-bit codes on the side of the larger magnitude, when the range is clipped to +-limit.
std::size_t levels_within(const Range& seen, double limit) {
  const double lo = std::max<double>(std::min(seen.lo, 0.0f), -limit),
               hi = std::min<double>(std::max(seen.hi, 0.0f), limit);
  return static_cast<std::size_t>(std::lround(255 * std::min(1.0, limit / (hi - lo))));
}

Range within(const Range& seen, double limit) {
  const auto end = static_cast<float>(limit);
  return {std::max(seen.lo, -end), std::min(seen.hi, end)};
}

}  // namespace

Range percentile_range(const Histogram& histogram, double percentile) {
  const auto& counts = histogram.counts();
  const double left_out = total(counts) * (100 - percentile) / 200;
  if (left_out <= 0) return histogram.range();
  const double below = bins_holding(counts.begin(), counts.end(), left_out),
               above = bins_holding(counts.rbegin(), counts.rend(), left_out);
  return {static_cast<float>(histogram.at(below)),
          static_cast<float>(histogram.at(std::max(below, Histogram::kBins - above)))};
}

double divergence(const std::vector<std::uint64_t>& counts, std::size_t bins, std::size_t levels) {
  const double all = total(counts);
  const double inside = total({counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(bins)});
  const double clipped = all - inside;
  if (inside == 0 || (clipped > 0 && counts[bins - 1] == 0)) return kInfinite;
  double sum = 0;
  for (std::size_t level = 0; level < levels; ++level) {
    const std::size_t first = level * bins / levels, last = (level + 1) * bins / levels;
    double held = 0, filled = 0;
    for (std::size_t i = first; i < last; ++i)
      held += static_cast<double>(counts[i]), filled += counts[i] > 0;
    if (held == 0) continue;
    const double left =
        held / filled / inside;  // the level's numbers, spread over its bins that are not empty
    for (std::size_t i = first; i < last; ++i) {
      if (counts[i] == 0) continue;
      const double seen = (static_cast<double>(counts[i]) + (i + 1 == bins ? clipped : 0)) / all;
      sum += seen * std::log(seen / left);
    }
  }
  return sum;
}

Range entropy_range(const Histogram& magnitudes, const Range& seen) {
  double least = kInfinite, limit = magnitudes.range().hi;
  for (std::size_t bins = Histogram::kBins; bins > 0; --bins) {
    const double end = magnitudes.at(static_cast<double>(bins));
    const std::size_t levels = levels_within(seen, end);
    if (bins < levels) break;  // finer codes than bins: no code is gained by clipping more
    const double loss = divergence(magnitudes.counts(), bins, levels);
    if (loss < least) least = loss, limit = end;
  }
  return within(seen, limit);
}

}  // namespace nnp::compiler
