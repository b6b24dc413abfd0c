// SPDX-License-Identifier: Apache-2.0
// What the values of a float graph were seen to be.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "compiler/quantize/quantize.h"

namespace nnp::compiler {

struct Range {
  float lo = std::numeric_limits<float>::infinity(), hi = -std::numeric_limits<float>::infinity();
  bool seen() const { return lo <= hi; }
  float magnitude() const { return std::max(std::abs(lo), std::abs(hi)); }
  void include(float value) {
    lo = std::min(lo, value);
    hi = std::max(hi, value);
  }
  void include(const Range& other) {
    lo = std::min(lo, other.lo);
    hi = std::max(hi, other.hi);
  }
};

struct Ranges {
  std::vector<Range> values;                // by ValueId; constants, graph inputs and results
  std::map<std::size_t, float> cell_peaks;  // by node: largest |c| of an LSTM
};

/// Runs every sample. Throws CompileError for no samples, samples that do not fit the inputs, and values that
/// are not finite.
Ranges calibrate(const ir::Graph&, const std::vector<std::vector<ir::Tensor>>& samples, FloatRunner&);

}  // namespace nnp::compiler
