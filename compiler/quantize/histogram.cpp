// SPDX-License-Identifier: Apache-2.0
#include "compiler/quantize/histogram.h"

namespace nnp::compiler {

void Histogram::count(double x) {
  const double lo = range_.lo, hi = range_.hi;
  const double bin = std::clamp((x - lo) / (hi - lo) * kBins, 0.0, static_cast<double>(kBins - 1));
  ++counts_[static_cast<std::size_t>(bin)];
}

void Histogram::add(std::span<const float> values) {
  for (const float value : values) count(value);
}

void Histogram::add_magnitudes(std::span<const float> values) {
  for (const float value : values)
    if (value != 0) count(std::abs(value));
}

}  // namespace nnp::compiler
