// SPDX-License-Identifier: Apache-2.0
// ONNX's backend tests compare by numpy's rule: |x - expected| <= 1e-7 + 1e-3 |expected|. Integers and flags
// must be equal; a NaN equals a NaN.
#pragma once

#include <string>

#include "compiler/ir/tensor.h"

namespace nnp::conformance {

inline constexpr double kRelative = 1e-3, kAbsolute = 1e-7;
/// One unit in the last place of bf16: ONNX 1.12's data cut what a conversion rounds.
inline constexpr double kRelativeBf16 = 0x1p-7;

/// What is wrong with a result: type, shape, or the first element too far off. Empty when nothing is.
std::string difference(const ir::Tensor& result, const ir::Tensor& expected);

}  // namespace nnp::conformance
