// SPDX-License-Identifier: Apache-2.0
// Conv and ConvTranspose over signals [N, C, L] and images [N, C, H, W]; other ranks run on the host.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/frontend/ops/ops.h"
#include "compiler/frontend/windows.h"

namespace nnp::compiler {
namespace {

bool is_image(const GraphBuilder& builder, const OnnxNode& node) {
  const std::size_t rank = builder.input_shape(node, 0).size();
  return rank == 3 || rank == 4;
}

/// Image, weights, and bias where there is one.
std::vector<ir::ValueId> operands(GraphBuilder& builder, const OnnxNode& node, std::int64_t filters) {
  std::vector<ir::ValueId> inputs{image_input(builder, node, 0), image_input(builder, node, 1)};
  if (!node.has_input(2)) return inputs;
  builder.expect_float(node, 2, 1);
  const ir::Shape& bias = builder.input_shape(node, 2);
  if (bias[0] != filters)
    refuse(node, fmt::format("bias {} does not fit {} output channels", describe(bias), filters));
  inputs.push_back(builder.input(node, 2));
  return inputs;
}

/// Pads of a ConvTranspose from what its node says of them, of auto_pad or of the output's shape.
void resolve_pads(const OnnxNode& node, const ir::Shape& image, ir::ConvTransposeAttributes& a) {
  const std::string auto_pad = node.text("auto_pad", "NOTSET");
  const auto wanted = node.integers("output_shape", {});
  if (!wanted.empty() && wanted.size() != 2 && wanted.size() != 4)
    refuse(node, fmt::format("attribute 'output_shape' has {} entries", wanted.size()));
  if (wanted.empty() && auto_pad == "VALID") std::ranges::fill(a.pads, 0);
  if (wanted.empty() && (auto_pad == "NOTSET" || auto_pad == "VALID")) return;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t size = image[axis + 2], reach = (a.kernel[axis] - 1) * a.dilations[axis] + 1;
    const std::int64_t target = wanted.empty() ? size * a.strides[axis] : wanted[wanted.size() - 2 + axis];
    const std::int64_t all = (size - 1) * a.strides[axis] + a.output_padding[axis] + reach - target;
    const std::int64_t total = std::max<std::int64_t>(0, all);
    if (all < 0) a.output_padding[axis] -= all;  // room behind that no tap reaches
    const bool smaller_first = auto_pad == "SAME_UPPER";
    a.pads[axis] = smaller_first ? total / 2 : total - total / 2;
    a.pads[axis + 2] = total - a.pads[axis];
  }
}

}  // namespace

void import_conv(GraphBuilder& builder, const OnnxNode& node) {
  builder.expect_float(node, 0);
  builder.expect_float(node, 1);
  if (!is_image(builder, node)) return builder.emit_on_host(node);
  const ir::Shape image = image_shape(builder.input_shape(node, 0)),
                  weights = image_shape(builder.input_shape(node, 1));
  const std::int64_t group = node.integer("group", 1);
  if (weights.size() != 4 || weights[0] % group != 0 || weights[1] * group != image[1]) {
    refuse(node, fmt::format("weights {} do not fit input {} in {} group(s)", describe(weights),
                             describe(image), group));
  }
  const Window window = read_window(image_node(builder, node), image, {weights[2], weights[3]});
  if (window.kernel != std::array{weights[2], weights[3]}) {
    refuse(node, fmt::format("kernel_shape {}x{} is not that of the weights {}", window.kernel[0],
                             window.kernel[1], describe(weights)));
  }
  ir::ConvAttributes attributes;
  std::ranges::copy(window.kernel, attributes.kernel);
  std::ranges::copy(window.strides, attributes.strides);
  std::ranges::copy(window.dilations, attributes.dilations);
  std::ranges::copy(window.pads, attributes.pads);
  attributes.group = group;
  emit_image(builder, node, ir::Op::conv, operands(builder, node, weights[0]), attributes);
}

void import_conv_transpose(GraphBuilder& builder, const OnnxNode& node) {
  builder.expect_float(node, 0);
  builder.expect_float(node, 1);
  if (!is_image(builder, node)) return builder.emit_on_host(node);
  const ir::Shape image = image_shape(builder.input_shape(node, 0)),
                  weights = image_shape(builder.input_shape(node, 1));
  OnnxNode wide = image_node(builder, node);
  const auto padding = wide.integers("output_padding", {0, 0});
  if (weights.size() != 4 || weights[0] != image[1] || padding.size() != 2)
    refuse(node, fmt::format("weights {} do not fit input {}", describe(weights), describe(image)));
  ir::ConvTransposeAttributes attributes;
  attributes.group = node.integer("group", 1);
  const std::string auto_pad = wide.text("auto_pad", "NOTSET");
  wide.attributes.erase("auto_pad");  // it means something else here: resolve_pads
  const Window window = read_window(wide, image, {weights[2], weights[3]});
  std::ranges::copy(window.kernel, attributes.kernel);
  std::ranges::copy(window.strides, attributes.strides);
  std::ranges::copy(window.dilations, attributes.dilations);
  std::ranges::copy(window.pads, attributes.pads);
  std::ranges::copy(padding, attributes.output_padding);
  wide.attributes["auto_pad"] = auto_pad;
  resolve_pads(wide, image, attributes);
  emit_image(builder, node, ir::Op::conv_transpose, operands(builder, node, weights[1] * attributes.group),
             attributes);
}

}  // namespace nnp::compiler
