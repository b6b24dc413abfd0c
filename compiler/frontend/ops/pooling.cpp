// SPDX-License-Identifier: Apache-2.0
// Pools over signals and images; other ranks, indices of maxima, and dilations with padding are the host's. A
// dilated maximum without padding is the maximum of Slices, one a tap.
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

/// Whether every tap of every window lies inside the image.
bool stays_inside(const Window& window, const ir::Shape& image, const ir::Shape& output) {
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t last =
        (output[axis + 2] - 1) * window.strides[axis] + (window.kernel[axis] - 1) * window.dilations[axis];
    if (window.pads[axis] != 0 || last >= image[axis + 2]) return false;
  }
  return true;
}

void emit_maximum_of_taps(GraphBuilder& builder, const OnnxNode& node, const Window& window) {
  const ir::Shape& shape = builder.output_shape(node);
  ir::ValueId largest = ir::kNoValue;
  const std::int64_t taps = window.kernel[0] * window.kernel[1];
  for (std::int64_t tap = 0; tap < taps; ++tap) {
    const std::int64_t h = tap / window.kernel[1] * window.dilations[0],
                       w = tap % window.kernel[1] * window.dilations[1];
    const std::string name = fmt::format(".tap{}", tap), maximum = fmt::format(".max{}", tap);
    const ir::ValueId slice =
        builder.emit_inner(node, {name, name}, ir::Op::slice, {builder.input(node, 0)}, shape,
                           ir::SliceAttributes{{0, 0, h, w}, {1, 1, window.strides[0], window.strides[1]}});
    largest = tap == 0 ? slice
                       : builder.emit_inner(node, {maximum, maximum}, ir::Op::binary, {largest, slice}, shape,
                                            ir::BinaryAttributes{ir::BinaryFunction::max});
  }
  builder.emit(node, ir::Op::identity, {largest});
}

void import_pool(GraphBuilder& builder, const OnnxNode& node, ir::Op op) {
  const std::size_t rank = builder.input_shape(node, 0).size();
  const auto dilations = node.integers("dilations", {});
  const bool dilated = std::ranges::any_of(dilations, [](std::int64_t d) { return d != 1; });
  if ((rank != 3 && rank != 4) || builder.wants(node, 1) || builder.input_type(node, 0) != ir::DType::f32)
    return builder.emit_on_host(node);
  if (dilated && rank == 4 && op == ir::Op::max_pool) {
    const Window window = read_window(node, builder.input_shape(node, 0), {1, 1});
    if (stays_inside(window, builder.input_shape(node, 0), builder.output_shape(node)))
      return emit_maximum_of_taps(builder, node, window);
  }
  if (dilated) return builder.emit_on_host(node);
  const ir::Shape image = image_shape(builder.input_shape(node, 0));
  const Window window = read_window(image_node(builder, node), image, {1, 1});
  check_windows_meet_image(node, window, image, image_shape(builder.output_shape(node)));
  ir::PoolAttributes attributes;
  std::ranges::copy(window.kernel, attributes.kernel);
  std::ranges::copy(window.strides, attributes.strides);
  std::ranges::copy(window.pads, attributes.pads);
  attributes.ceil_mode = node.integer("ceil_mode", 0) != 0;
  attributes.count_include_pad = node.integer("count_include_pad", 0) != 0;
  emit_image(builder, node, op, {image_input(builder, node, 0)}, attributes);
}

/// Over all axes behind the channels.
void reduce_image(GraphBuilder& builder, const OnnxNode& node, ir::ReduceFunction function) {
  ir::ReduceAttributes attributes{function, {}, true};
  for (std::size_t axis = 2; axis < builder.input_shape(node, 0).size(); ++axis)
    attributes.axes.push_back(static_cast<std::int64_t>(axis));
  builder.emit(node, ir::Op::reduce, {builder.input(node, 0)}, std::move(attributes));
}

}  // namespace

void import_max_pool(GraphBuilder& builder, const OnnxNode& node) {
  import_pool(builder, node, ir::Op::max_pool);
}
void import_average_pool(GraphBuilder& builder, const OnnxNode& node) {
  import_pool(builder, node, ir::Op::average_pool);
}

void import_global_average_pool(GraphBuilder& builder, const OnnxNode& node) {
  if (builder.input_shape(node, 0).size() != 4) return reduce_image(builder, node, ir::ReduceFunction::mean);
  builder.expect_float(node, 0, 4);
  builder.emit(node, ir::Op::global_average_pool, {builder.input(node, 0)});
}

void import_global_max_pool(GraphBuilder& builder, const OnnxNode& node) {
  reduce_image(builder, node, ir::ReduceFunction::max);
}

void import_global_lp_pool(GraphBuilder& builder, const OnnxNode& node) {
  const std::int64_t p = node.integer("p", 2);
  if (p != 1 && p != 2) refuse(node, fmt::format("p is {}; allowed are 1 and 2", p));
  reduce_image(builder, node, p == 1 ? ir::ReduceFunction::l1 : ir::ReduceFunction::l2);
}

}  // namespace nnp::compiler
