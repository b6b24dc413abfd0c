// SPDX-License-Identifier: Apache-2.0
// verify(): shapes of nodes with sliding windows.
#include <fmt/ranges.h>

#include <algorithm>

#include "compiler/ir/verify_rules.h"

namespace nnp::ir {
namespace {

void check_conv(const Operands& operands, Faults& faults) {
  const auto& a = std::get<ConvAttributes>(operands.node.attributes);
  const Value &x = *operands.input(0), &w = *operands.input(1), &y = *operands.output(0);
  if (!has_rank("input", x, 4, faults) || !has_rank("weights", w, 4, faults)) return;
  if (!sane("kernel", a.kernel, 2, 1, faults) || !sane("stride", a.strides, 2, 1, faults) ||
      !sane("dilation", a.dilations, 2, 1, faults) || !sane("pad", a.pads, 4, 0, faults)) {
    return;
  }
  const std::int64_t channels = x.shape[1], filters = w.shape[0];
  if (a.group < 1 || channels % a.group != 0 || filters % a.group != 0) {
    faults.add("group {} does not divide {} input and {} output channels", a.group, channels, filters);
    return;
  }
  expect("weights", &w, {filters, channels / a.group, a.kernel[0], a.kernel[1]}, faults);
  Shape expected = {x.shape[0], filters, 0, 0};
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t room =
        x.shape[2 + i] + a.pads[i] + a.pads[2 + i] - (a.dilations[i] * (a.kernel[i] - 1) + 1);
    if (room < 0) {
      faults.add("the kernel is larger than the padded image");
      return;
    }
    expected[2 + i] = room / a.strides[i] + 1;
  }
  expect("output", &y, expected, faults);
  expect_per_channel("bias", operands.input(2), filters, faults);
}

void check_pool(const Operands& operands, Faults& faults) {
  const auto& a = std::get<PoolAttributes>(operands.node.attributes);
  const Value &x = *operands.input(0), &y = *operands.output(0);
  if (!has_rank("input", x, 4, faults) || !has_rank("output", y, 4, faults)) return;
  if (!sane("kernel", a.kernel, 2, 1, faults) || !sane("stride", a.strides, 2, 1, faults) ||
      !sane("pad", a.pads, 4, 0, faults)) {
    return;
  }
  Shape expected = {x.shape[0], x.shape[1], 0, 0};
  for (std::size_t i = 0; i < 2; ++i) {
    if (a.pads[i] >= a.kernel[i] || a.pads[2 + i] >= a.kernel[i]) {
      faults.add("pad {} leaves windows without an element (kernel {})", std::max(a.pads[i], a.pads[2 + i]),
                 a.kernel[i]);
      return;
    }
    const std::int64_t size = x.shape[2 + i], room = size + a.pads[i] + a.pads[2 + i] - a.kernel[i];
    if (room < 0) {
      faults.add("the kernel is larger than the padded image");
      return;
    }
    expected[2 + i] = room / a.strides[i] + 1;
    if (!a.ceil_mode || room % a.strides[i] == 0) continue;
    // ceil_mode adds the window that sticks out. Frameworks differ where it would start in the padding: then
    // it must not be there.
    if (expected[2 + i] * a.strides[i] - a.pads[i] < size) ++expected[2 + i];
  }
  expect("output", &y, expected, faults);
}

void check_conv_transpose(const Operands& operands, Faults& faults) {
  const auto& a = std::get<ConvTransposeAttributes>(operands.node.attributes);
  const Value &x = *operands.input(0), &w = *operands.input(1);
  if (!has_rank("input", x, 4, faults) || !has_rank("weights", w, 4, faults)) return;
  if (!sane("kernel", a.kernel, 2, 1, faults) || !sane("stride", a.strides, 2, 1, faults) ||
      !sane("dilation", a.dilations, 2, 1, faults) || !sane("pad", a.pads, 4, 0, faults) ||
      !sane("output padding", a.output_padding, 2, 0, faults)) {
    return;
  }
  const std::int64_t channels = x.shape[1], filters = w.shape[1];
  if (a.group < 1 || channels % a.group != 0) {
    faults.add("group {} does not divide {} input channels", a.group, channels);
    return;
  }
  expect("weights", &w, {channels, filters, a.kernel[0], a.kernel[1]}, faults);
  Shape expected = {x.shape[0], filters * a.group, 0, 0};
  for (std::size_t i = 0; i < 2; ++i) {
    expected[2 + i] = (x.shape[2 + i] - 1) * a.strides[i] + a.dilations[i] * (a.kernel[i] - 1) + 1 +
                      a.output_padding[i] - a.pads[i] - a.pads[2 + i];
    if (expected[2 + i] < 1) {
      faults.add("the pads leave nothing of the result");
      return;
    }
  }
  expect("output", operands.output(0), expected, faults);
  expect_per_channel("bias", operands.input(2), expected[1], faults);
}

}  // namespace

void check_window_shapes(const Operands& operands, Faults& faults) {
  switch (operands.node.op) {
    case Op::conv:
      return check_conv(operands, faults);
    case Op::conv_transpose:
      return check_conv_transpose(operands, faults);
    default:
      return check_pool(operands, faults);
  }
}

}  // namespace nnp::ir
