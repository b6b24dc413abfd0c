// SPDX-License-Identifier: Apache-2.0
// Computes a node of constants: what exporters leave behind around weights (moves, sums, activations). Not a
// reference.
#pragma once

#include <optional>

#include "compiler/ir/graph.h"

namespace nnp::compiler {

/// The node's result when all its inputs are constant and its operator is one worth folding.
std::optional<ir::Tensor> evaluate_constant(const ir::Graph&, const ir::Node&);

/// The tensor with its axes permuted.
ir::Tensor transposed(const ir::Tensor&, const std::vector<std::int64_t>& permutation);

}  // namespace nnp::compiler
