// SPDX-License-Identifier: Apache-2.0
// How often numbers fell into equal bins of a range that is known beforehand.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/quantize/range.h"

namespace nnp::compiler {

class Histogram {
 public:
  static constexpr std::size_t kBins = 2048;
  /// `range.lo` is below `range.hi`, both finite.
  explicit Histogram(const Range& range) : range_(range), counts_(kBins) {}

  /// Numbers outside of the range count in the bin at its end.
  void add(std::span<const float>);
  /// The same of |x|, zeros left out: 0 has a code of its own, whatever the range.
  void add_magnitudes(std::span<const float>);

  const Range& range() const { return range_; }
  const std::vector<std::uint64_t>& counts() const { return counts_; }
  /// Lower edge of bin `edge`, or of its part: 0 is the range's lower end, kBins its upper one.
  double at(double edge) const {
    const double lo = range_.lo, hi = range_.hi;
    return lo + (hi - lo) * edge / kBins;
  }

 private:
  void count(double x);
  Range range_;
  std::vector<std::uint64_t> counts_;
};

}  // namespace nnp::compiler
