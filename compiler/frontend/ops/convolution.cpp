// SPDX-License-Identifier: Apache-2.0
// Conv over [N, C, H, W] images with constant weights [K, C / group, R, S] and an optional constant bias [K].
#include <fmt/format.h>

#include <algorithm>

#include "compiler/frontend/ops/ops.h"
#include "compiler/frontend/windows.h"

namespace nnp::compiler {

void import_conv(GraphBuilder& builder, const OnnxNode& node) {
  builder.expect_float(node, 0, 4);
  builder.expect_float(node, 1, 4);
  const ir::Shape& image = builder.input_shape(node, 0);
  const ir::Shape& weights = builder.required_constant(node, 1, "the weights").shape();
  const std::int64_t group = node.integer("group", 1);
  if (weights[0] % group != 0 || weights[1] * group != image[1]) {
    refuse(node, fmt::format("weights {} do not fit input {} in {} group(s)", describe(weights),
                             describe(image), group));
  }
  const Window window = read_window(node, image, {weights[2], weights[3]});
  if (window.kernel != std::array{weights[2], weights[3]}) {
    refuse(node, fmt::format("kernel_shape {}x{} is not that of the weights {}", window.kernel[0],
                             window.kernel[1], describe(weights)));
  }
  std::vector<ir::ValueId> inputs{builder.input(node, 0), builder.input(node, 1)};
  if (node.has_input(2)) {
    builder.expect_float(node, 2, 1);
    const ir::Shape& bias = builder.required_constant(node, 2, "the bias").shape();
    if (bias[0] != weights[0])
      refuse(node, fmt::format("bias {} does not fit {} output channels", describe(bias), weights[0]));
    inputs.push_back(builder.input(node, 2));
  }
  ir::ConvAttributes attributes;
  std::ranges::copy(window.kernel, attributes.kernel);
  std::ranges::copy(window.strides, attributes.strides);
  std::ranges::copy(window.dilations, attributes.dilations);
  std::ranges::copy(window.pads, attributes.pads);
  attributes.group = group;
  builder.emit(node, ir::Op::conv, std::move(inputs), attributes);
}

}  // namespace nnp::compiler
