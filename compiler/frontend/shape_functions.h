// SPDX-License-Identifier: Apache-2.0
// Shape rules that both the constant folder and the operator files need.
#pragma once

#include <vector>

#include "compiler/frontend/onnx_model.h"

namespace nnp::compiler {

/// Results larger than this are data, not shape arithmetic.
inline constexpr std::int64_t kLargestFoldedTensor = std::int64_t{1} << 22;
/// No value of a network has more elements.
inline constexpr std::int64_t kLargestValue = std::int64_t{1} << 31;

/// Product of the sizes, or kLargestValue + 1 when it is larger than kLargestValue. Sizes must not be
/// negative.
std::int64_t bounded_count(const ir::Shape&);

/// Axis of a tensor of `rank`, negative ones from the end. Throws CompileError when out of range.
std::size_t resolve_axis(const OnnxNode&, std::int64_t axis, std::size_t rank);

/// Reshape's rule: 0 copies the input's size (unless allowzero), one -1 is computed. Throws when the counts
/// differ.
ir::Shape resolve_reshape(const OnnxNode&, const ir::Shape& input,
                          const std::vector<std::int64_t>& requested);

ir::Shape squeezed(const OnnxNode&, const ir::Shape&, const std::vector<std::int64_t>* axes);
ir::Shape unsqueezed(const OnnxNode&, const ir::Shape&, const std::vector<std::int64_t>& axes);

/// NumPy broadcasting. Throws CompileError when the shapes do not fit.
ir::Shape broadcast(const OnnxNode&, const ir::Shape&, const ir::Shape&);

/// Values of an integer tensor of any width, or of flags.
std::vector<std::int64_t> integers_of(const OnnxNode&, const ir::Tensor&);

}  // namespace nnp::compiler
