// SPDX-License-Identifier: Apache-2.0
// MaxPool, AveragePool and GlobalAveragePool over [N, C, H, W].
#include <fmt/format.h>

#include <algorithm>

#include "compiler/frontend/ops/ops.h"
#include "compiler/frontend/windows.h"

namespace nnp::compiler {
namespace {

/// A window that lies in the padding has no maximum and no average.
void check_windows_meet_image(const OnnxNode& node, const Window& window, const ir::Shape& image,
                              const ir::Shape& output) {
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const bool first = window.pads[axis] < window.kernel[axis];
    const bool last = (output.at(axis + 2) - 1) * window.strides[axis] - window.pads[axis] < image[axis + 2];
    if (first && last && window.pads[axis + 2] < window.kernel[axis]) continue;
    refuse(node, fmt::format("pads {},{} leave windows of size {} without an element of the image",
                             window.pads[axis], window.pads[axis + 2], window.kernel[axis]));
  }
}

void import_pool(GraphBuilder& builder, const OnnxNode& node, ir::Op op) {
  builder.expect_float(node, 0, 4);
  builder.refuse_other_outputs(node);
  const ir::Shape& image = builder.input_shape(node, 0);
  const Window window = read_window(node, image, {1, 1});
  if (window.dilations != std::array<std::int64_t, 2>{1, 1})
    refuse(node, "dilations other than 1 are not supported");
  check_windows_meet_image(node, window, image, builder.output_shape(node));
  ir::PoolAttributes attributes;
  std::ranges::copy(window.kernel, attributes.kernel);
  std::ranges::copy(window.strides, attributes.strides);
  std::ranges::copy(window.pads, attributes.pads);
  attributes.ceil_mode = node.integer("ceil_mode", 0) != 0;
  attributes.count_include_pad = node.integer("count_include_pad", 0) != 0;
  builder.emit(node, op, {builder.input(node, 0)}, attributes);
}

}  // namespace

void import_max_pool(GraphBuilder& builder, const OnnxNode& node) {
  import_pool(builder, node, ir::Op::max_pool);
}
void import_average_pool(GraphBuilder& builder, const OnnxNode& node) {
  import_pool(builder, node, ir::Op::average_pool);
}

void import_global_average_pool(GraphBuilder& builder, const OnnxNode& node) {
  builder.expect_float(node, 0, 4);
  builder.emit(node, ir::Op::global_average_pool, {builder.input(node, 0)});
}

}  // namespace nnp::compiler
