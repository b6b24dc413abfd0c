// SPDX-License-Identifier: Apache-2.0
// The sliding window that Conv and the pools share: kernel, strides, dilations, and pads made explicit.
#pragma once

#include <array>

#include "compiler/frontend/graph_builder.h"

namespace nnp::compiler {

struct Window {
  std::array<std::int64_t, 2> kernel{1, 1}, strides{1, 1}, dilations{1, 1};
  std::array<std::int64_t, 4> pads{0, 0, 0, 0};  // top, left, bottom, right
};

/// Reads the attributes of a 2-D window over an [N, C, H, W] input; auto_pad becomes pads. `kernel` is used
/// where the node has no kernel_shape. Throws CompileError for other ranks.
Window read_window(const OnnxNode&, const ir::Shape& input, std::array<std::int64_t, 2> kernel);

// ---- Signals [N, C, L] are images [N, C, 1, L].

/// The shape with that axis; others as they are.
ir::Shape image_shape(const ir::Shape&);
/// The node with its window attributes for two axes where they are for one.
OnnxNode image_node(const GraphBuilder&, const OnnxNode&);
/// Input i with that axis, behind a Reshape where it lacks it.
ir::ValueId image_input(GraphBuilder&, const OnnxNode&, std::size_t i);
/// A node of images, and behind it a Reshape where the ONNX node's result is a signal.
void emit_image(GraphBuilder&, const OnnxNode&, ir::Op, std::vector<ir::ValueId> inputs, ir::Attributes);

}  // namespace nnp::compiler
