// SPDX-License-Identifier: Apache-2.0
// From a checked ModelProto to an OnnxModel in which every shape is a number.
#pragma once

#include <onnx/onnx_pb.h>

#include "compiler/frontend/frontend.h"
#include "compiler/frontend/onnx_model.h"

namespace nnp::compiler {

/// Gives symbolic input dimensions their sizes, then alternates ONNX's shape inference with the folding of
/// constant shape arithmetic until every value has a shape. Throws CompileError for what stays unknown. Uses
/// up the model.
OnnxModel make_static(onnx::ModelProto, const ImportOptions&);

}  // namespace nnp::compiler
