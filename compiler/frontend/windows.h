// SPDX-License-Identifier: Apache-2.0
// The sliding window that Conv and the pools share: kernel, strides, dilations, and pads made explicit.
#pragma once

#include <array>

#include "compiler/frontend/onnx_model.h"

namespace nnp::compiler {

struct Window {
  std::array<std::int64_t, 2> kernel{1, 1}, strides{1, 1}, dilations{1, 1};
  std::array<std::int64_t, 4> pads{0, 0, 0, 0};  // top, left, bottom, right
};

/// Reads the attributes of a 2-D window over an [N, C, H, W] input; auto_pad becomes pads. `kernel` is used
/// where the node has no kernel_shape. Throws CompileError for other ranks.
Window read_window(const OnnxNode&, const ir::Shape& input, std::array<std::int64_t, 2> kernel);

}  // namespace nnp::compiler
