// SPDX-License-Identifier: Apache-2.0
// Images as whoever convolves without padding wants them.
#pragma once

#include <span>
#include <vector>

#include "host_runtime/reference/naive/window.h"

namespace nnp::reference {

/// Rows, columns of an image with its padding.
inline std::size_t padded_height(const naive::Window& w) {
  return w.H + static_cast<std::size_t>(w.pad_top + w.pad_bottom);
}
inline std::size_t padded_width(const naive::Window& w) {
  return w.W + static_cast<std::size_t>(w.pad_left + w.pad_right);
}

/// NCHW elements to channels last, `pad` around them.
template <typename T>
std::vector<T> padded_images(const naive::Window& w, std::span<const T> x, T pad) {
  const std::size_t height = padded_height(w), width = padded_width(w);
  std::vector<T> images(w.N * height * width * w.C, pad);
  for (std::size_t n = 0; n < w.N; ++n)
    for (std::size_t c = 0; c < w.C; ++c)
      for (std::size_t h = 0; h < w.H; ++h)
        for (std::size_t v = 0; v < w.W; ++v) {
          const std::size_t row = h + static_cast<std::size_t>(w.pad_top),
                            column = v + static_cast<std::size_t>(w.pad_left);
          images[((n * height + row) * width + column) * w.C + c] = x[((n * w.C + c) * w.H + h) * w.W + v];
        }
  return images;
}

}  // namespace nnp::reference
