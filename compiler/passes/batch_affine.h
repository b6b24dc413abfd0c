// SPDX-License-Identifier: Apache-2.0
// What a BatchNormalization of constant parameters does to each channel. The IR's variance already includes
// epsilon.
#pragma once

#include <optional>
#include <vector>

#include "compiler/ir/graph.h"

namespace nnp::compiler {

/// Per channel: y = factor * x + shift.
struct Affine {
  std::vector<double> factor, shift;
};

/// Nothing where a parameter is computed or a factor is not finite.
std::optional<Affine> affine_of(const ir::Graph&, const ir::Node& batch_normalization);

}  // namespace nnp::compiler
