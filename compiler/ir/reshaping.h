// SPDX-License-Identifier: Apache-2.0
// Reshape and Transpose as the device sees them: another name for the same bytes, or a copy between strided
// axes.
#pragma once

#include <optional>

#include "compiler/ir/graph.h"

namespace nnp::ir {

/// Reshape, Flatten, Squeeze, Unsqueeze, Identity: the elements stay in ONNX's order.
bool is_reshape_like(Op);

/// Reshape-like or Transpose whose result lies on the device exactly as its input does: as many pixels and
/// channels, and every element at the same pixel and channel. On the chip such a node is another name for the
/// same bytes.
bool channel_preserving(const Graph&, const Node&);

/// The coarsest shape of which both are products of neighbouring axes; nothing where there is none ([4, 6]
/// and [6, 4]). Both have the same number of elements, more than 0.
std::optional<Shape> common_refinement(const Shape& a, const Shape& b);

/// Strides of the finer axes, from those of the shape's own.
std::vector<std::int64_t> refined_strides(const Shape& shape, const std::vector<std::int64_t>& strides,
                                          const Shape& finer);

}  // namespace nnp::ir
