// SPDX-License-Identifier: Apache-2.0
// Plan, scales and parameters put together.
#pragma once

#include "compiler/quantize/scale_classes.h"

namespace nnp::compiler {

/// The graph of codes, with QuantizeLinear, DequantizeLinear and Cast where it meets floats and other scales.
/// Throws CompileError where a layer's sums could overflow 32 bits.
ir::Graph integer_graph(const QuantizationTask&, const ScaleClasses&);

}  // namespace nnp::compiler
