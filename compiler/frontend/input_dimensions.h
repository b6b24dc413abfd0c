// SPDX-License-Identifier: Apache-2.0
// Sizes for the symbolic dimensions of a model's inputs.
#pragma once

#include <onnx/onnx_pb.h>

#include "compiler/frontend/frontend.h"

namespace nnp::compiler {

/// Writes numbers into every input's shape, drops inputs that have an initializer, and forgets what the file
/// says of other shapes. Throws CompileError naming each dimension that stays unknown and the flag that gives
/// it.
void fix_inputs(onnx::GraphProto&, const ImportOptions&);

}  // namespace nnp::compiler
