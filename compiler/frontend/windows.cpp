// SPDX-License-Identifier: Apache-2.0
// The sliding window that Conv and the pools share.
#include "compiler/frontend/windows.h"

#include <fmt/format.h>

#include <algorithm>

namespace nnp::compiler {
namespace {

template <std::size_t N>
std::array<std::int64_t, N> read(const OnnxNode& node, const std::string& key,
                                 std::array<std::int64_t, N> otherwise) {
  const auto list = node.integers(key, {otherwise.begin(), otherwise.end()});
  if (list.size() != N)
    refuse(node, fmt::format("attribute '{}' has {} entries; a 2-D window has {}", key, list.size(), N));
  std::array<std::int64_t, N> result;
  std::ranges::copy(list, result.begin());
  return result;
}

}  // namespace

Window read_window(const OnnxNode& node, const ir::Shape& input, std::array<std::int64_t, 2> kernel) {
  if (input.size() != 4)
    refuse(node,
           fmt::format("input has shape {}; only signals [N, C, L] and images [N, C, H, W] are supported",
                       describe(input)));
  Window window;
  window.kernel = read(node, "kernel_shape", kernel);
  window.strides = read(node, "strides", window.strides);
  window.dilations = read(node, "dilations", window.dilations);
  const std::string auto_pad = node.text("auto_pad", "NOTSET");
  if (auto_pad == "NOTSET") {
    window.pads = read(node, "pads", window.pads);
  } else if (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER") {  // output = ceil(input / stride)
    for (std::size_t axis = 0; axis < 2; ++axis) {
      const std::int64_t size = input[axis + 2], stride = window.strides[axis];
      const std::int64_t outputs = (size + stride - 1) / stride,
                         reach = (window.kernel[axis] - 1) * window.dilations[axis] + 1;
      const std::int64_t total = std::max<std::int64_t>(0, (outputs - 1) * stride + reach - size);
      const std::int64_t smaller = total / 2, larger = total - smaller;
      window.pads[axis] = auto_pad == "SAME_UPPER" ? smaller : larger;
      window.pads[axis + 2] = total - window.pads[axis];
    }
  } else if (auto_pad != "VALID") {
    refuse(node,
           fmt::format("auto_pad '{}'; allowed are NOTSET, SAME_UPPER, SAME_LOWER and VALID", auto_pad));
  }
  return window;
}

ir::Shape image_shape(const ir::Shape& shape) {
  return shape.size() == 3 ? ir::Shape{shape[0], shape[1], 1, shape[2]} : shape;
}

OnnxNode image_node(const GraphBuilder& builder, const OnnxNode& node) {
  OnnxNode wide = node;
  if (builder.input_shape(node, 0).size() != 3) return wide;
  const auto widen = [&](const char* key, std::int64_t neutral) {
    const auto found = wide.attributes.find(key);
    if (found == wide.attributes.end()) return;
    if (auto* list = std::get_if<std::vector<std::int64_t>>(&found->second)) {
      if (list->size() == 1) *list = {neutral, (*list)[0]};
      if (list->size() == 2 && std::string(key) == "pads") *list = {0, (*list)[0], 0, (*list)[1]};
    }
  };
  for (const char* key : {"kernel_shape", "strides", "dilations", "output_shape"}) widen(key, 1);
  widen("output_padding", 0), widen("pads", 0);
  return wide;
}

ir::ValueId image_input(GraphBuilder& builder, const OnnxNode& node, std::size_t i) {
  const ir::Shape& shape = builder.input_shape(node, i);
  if (shape.size() != 3) return builder.input(node, i);
  if (const ir::Tensor* constant = builder.constant(node, i)) {
    ir::Tensor wide = *constant;
    wide.reshape(image_shape(shape));
    return builder.add_constant(node.inputs[i] + ".image", std::move(wide));
  }
  const std::string suffix = ".image" + std::to_string(i);
  return builder.emit_inner(node, {suffix, suffix}, ir::Op::reshape, {builder.input(node, i)},
                            image_shape(shape));
}

void emit_image(GraphBuilder& builder, const OnnxNode& node, ir::Op op, std::vector<ir::ValueId> inputs,
                ir::Attributes attributes) {
  const ir::Shape& shape = builder.output_shape(node);
  if (shape.size() != 3) return builder.emit(node, op, std::move(inputs), std::move(attributes));
  const ir::ValueId image = builder.emit_inner(node, {"", ".as_image"}, op, std::move(inputs),
                                               image_shape(shape), std::move(attributes));
  builder.emit(node, ir::Op::reshape, {image}, {}, ".signal");
}

}  // namespace nnp::compiler
