// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/reference/naive/window.h"

#include <fmt/format.h>

namespace nnp::reference::naive {
namespace {

void need_positive(const Operands& node, const char* what, std::int64_t y, std::int64_t x) {
  if (y < 1 || x < 1) node.fail(fmt::format("{} {} x {}; both must be at least 1", what, y, x));
}

// Sizes that both kinds share. The output positions are the graph's; `check_positions` holds them against the
// attributes.
Window from_images(const Operands& node) {
  const ir::Shape& x = node.input_value(0).shape;
  const ir::Shape& y = node.output_value().shape;
  if (x.size() != 4 || y.size() != 4 || x[0] != y[0])
    node.fail(
        fmt::format("input {} and output {} must be images [N, C, H, W] of one N", to_text(x), to_text(y)));
  const auto size = [](std::int64_t n) { return static_cast<std::size_t>(n); };
  Window w{};
  w.N = size(x[0]), w.C = size(x[1]), w.H = size(x[2]), w.W = size(x[3]);
  w.K = size(y[1]), w.P = size(y[2]), w.Q = size(y[3]);
  return w;
}

// floor or ceil of (image + pads - kernel reach) / stride, plus one.
std::int64_t positions(std::size_t image, std::ptrdiff_t pads, std::size_t taps, std::ptrdiff_t dilation,
                       std::ptrdiff_t stride, bool ceil) {
  const std::ptrdiff_t reach = static_cast<std::ptrdiff_t>(taps - 1) * dilation + 1;
  const std::ptrdiff_t span = static_cast<std::ptrdiff_t>(image) + pads - reach;
  return span < 0 ? 0 : (span + (ceil ? stride - 1 : 0)) / stride + 1;
}

void check_positions(const Operands& node, const Window& w, bool ceil) {
  if (w.pad_top < 0 || w.pad_left < 0 || w.pad_bottom < 0 || w.pad_right < 0) node.fail("negative padding");
  const std::int64_t P = positions(w.H, w.pad_top + w.pad_bottom, w.R, w.dilation_h, w.stride_h, ceil);
  const std::int64_t Q = positions(w.W, w.pad_left + w.pad_right, w.S, w.dilation_w, w.stride_w, ceil);
  // With ceil a last window that would begin beyond image and left padding may be dropped: both counts are in
  // use.
  const auto agrees = [&](std::size_t declared, std::int64_t computed) {
    return static_cast<std::int64_t>(declared) == computed ||
           (ceil && static_cast<std::int64_t>(declared) == computed - 1);
  };
  if (!agrees(w.P, P) || !agrees(w.Q, Q))
    node.fail(fmt::format("output {} x {}, its attributes give {} x {}", w.P, w.Q, P, Q));
}

}  // namespace

Window conv_window(const Operands& node) {
  const auto& a = node.attributes<ir::ConvAttributes>();
  Window w = from_images(node);
  const ir::Shape& weights = node.input_value(1).shape;
  need_positive(node, "strides", a.strides[0], a.strides[1]);
  need_positive(node, "dilations", a.dilations[0], a.dilations[1]);
  const auto C = static_cast<std::int64_t>(w.C), K = static_cast<std::int64_t>(w.K);
  if (a.group < 1 || C % a.group != 0 || K % a.group != 0)
    node.fail(fmt::format("group {} must divide {} channels and {} filters", a.group, C, K));
  if (weights.size() != 4 || weights[0] != K || weights[1] != C / a.group)
    node.fail(fmt::format("weights {}, needed [{}, {}, R, S]", to_text(weights), K, C / a.group));
  need_positive(node, "kernel", weights[2], weights[3]);
  w.R = static_cast<std::size_t>(weights[2]), w.S = static_cast<std::size_t>(weights[3]);
  w.group = static_cast<std::size_t>(a.group);
  w.stride_h = a.strides[0], w.stride_w = a.strides[1], w.dilation_h = a.dilations[0],
  w.dilation_w = a.dilations[1];
  w.pad_top = a.pads[0], w.pad_left = a.pads[1], w.pad_bottom = a.pads[2], w.pad_right = a.pads[3];
  check_positions(node, w, false);
  return w;
}

Window pool_window(const Operands& node) {
  Window w = from_images(node);
  if (w.K != w.C) node.fail(fmt::format("{} output channels for {} input channels", w.K, w.C));
  w.group = w.C, w.dilation_h = w.dilation_w = 1;
  if (node.node().op == ir::Op::global_average_pool) {
    w.R = w.H, w.S = w.W, w.stride_h = w.stride_w = 1;
    if (w.H < 1 || w.W < 1) node.fail("empty image");
    check_positions(node, w, false);
    return w;
  }
  const auto& a = node.attributes<ir::PoolAttributes>();
  need_positive(node, "kernel", a.kernel[0], a.kernel[1]);
  need_positive(node, "strides", a.strides[0], a.strides[1]);
  w.R = static_cast<std::size_t>(a.kernel[0]), w.S = static_cast<std::size_t>(a.kernel[1]);
  w.stride_h = a.strides[0], w.stride_w = a.strides[1];
  w.pad_top = a.pads[0], w.pad_left = a.pads[1], w.pad_bottom = a.pads[2], w.pad_right = a.pads[3];
  check_positions(node, w, a.ceil_mode);
  return w;
}

}  // namespace nnp::reference::naive
