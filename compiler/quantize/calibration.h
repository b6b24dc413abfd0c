// SPDX-License-Identifier: Apache-2.0
// What the values of a float graph were seen to be.
#pragma once

#include <map>

#include "compiler/quantize/quantize.h"
#include "compiler/quantize/range.h"

namespace nnp::compiler {

struct Ranges {
  std::vector<Range> values;                // by ValueId; graph inputs, results, constants beside them
  std::map<std::size_t, float> cell_peaks;  // by node: largest |c| of an LSTM
};

/// Runs every sample, once for minimum and maximum; the other rules run them again for a histogram of each
/// value, so memory does not grow with the samples. Constant activations keep their minimum and maximum.
/// Throws CompileError for no samples, samples that do not fit the inputs, and values that are not finite.
Ranges calibrate(const ir::Graph&, const std::vector<std::vector<ir::Tensor>>& samples, FloatRunner&,
                 const CalibrationRule& = {});

}  // namespace nnp::compiler
