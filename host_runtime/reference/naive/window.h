// SPDX-License-Identifier: Apache-2.0
// Sizes of a sliding window over an image, taken from a node's attributes and shapes, and checked against
// each other.
#pragma once

#include "host_runtime/reference/naive/call.h"

namespace nnp::reference::naive {

/// N images of C channels, H x W pixels; K filters of R x S taps over C / group channels; P x Q output
/// positions.
struct Window {
  std::size_t N, C, H, W, K, R, S, P, Q, group;
  std::ptrdiff_t stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left, pad_bottom, pad_right;

  std::size_t group_channels() const { return C / group; }
  std::size_t group_filters() const { return K / group; }
  /// Image row of tap r at output row p; outside [0, H) it is padding. Columns alike.
  std::ptrdiff_t row(std::size_t p, std::size_t r) const {
    return static_cast<std::ptrdiff_t>(p) * stride_h - pad_top + static_cast<std::ptrdiff_t>(r) * dilation_h;
  }
  std::ptrdiff_t column(std::size_t q, std::size_t s) const {
    return static_cast<std::ptrdiff_t>(q) * stride_w - pad_left + static_cast<std::ptrdiff_t>(s) * dilation_w;
  }
  bool inside(std::ptrdiff_t h, std::ptrdiff_t w) const {
    return h >= 0 && w >= 0 && h < static_cast<std::ptrdiff_t>(H) && w < static_cast<std::ptrdiff_t>(W);
  }
};

/// Of a Conv node; throws std::runtime_error when shapes and attributes disagree.
Window conv_window(const Operands&);
/// Of a pooling node (K = C, group = C).
Window pool_window(const Operands&);

}  // namespace nnp::reference::naive
