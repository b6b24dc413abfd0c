// SPDX-License-Identifier: Apache-2.0
// Where an element of a resized or padded axis comes from: ONNX's rule of Resize, and the operators whose
// result picks elements of their input axis by axis.
#pragma once

#include <optional>
#include <vector>

#include "compiler/ir/graph.h"

namespace nnp::ir {

/// Real coordinate in the input of element `at` along `axis`, of which the input has `from_size`.
double source_coordinate(const ResizeAttributes&, std::size_t axis, std::int64_t at, std::int64_t from_size);
std::int64_t rounded_coordinate(ResizeRounding, double);

/// For each axis of the result the input index of each of its indices; empty where they are the same. Of
/// nearest Resize that stays inside its input, and of Pad in the modes edge and reflect; nothing of others.
using Places = std::vector<std::vector<std::int64_t>>;
std::optional<Places> source_places(const Graph&, const Node&);

}  // namespace nnp::ir
