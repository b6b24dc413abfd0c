// SPDX-License-Identifier: Apache-2.0
// Where an element of a resized axis comes from, as ONNX's Resize says.
#pragma once

#include "compiler/ir/graph.h"

namespace nnp::reference::naive {

/// Real coordinate in the input of element `at` along `axis`, of which the input has `from_size`.
double source_coordinate(const ir::ResizeAttributes&, std::size_t axis, std::int64_t at,
                         std::int64_t from_size);
std::int64_t rounded_coordinate(ir::ResizeRounding, double);

}  // namespace nnp::reference::naive
