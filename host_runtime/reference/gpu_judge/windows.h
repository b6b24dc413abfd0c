// SPDX-License-Identifier: Apache-2.0
// Convolution as products of matrices, its windows laid out on the host. The naive operators do so too, by
// other loops on purpose: those are what is judged.
#pragma once

#include <algorithm>
#include <vector>

#include "host_runtime/reference/gpu_judge/host_products.h"
#include "host_runtime/reference/naive/codes.h"
#include "host_runtime/reference/naive/window.h"

namespace nnp::reference {

/// The windows of group `group` at positions [first, last) of all images, a row [R, S, C / group] each.
/// Images [N, height, width, C] hold their padding.
template <typename T>
void copy_windows(const naive::Window& w, std::size_t height, std::size_t width, const T* images,
                  std::size_t group, std::size_t first, std::size_t last, T* rows) {
  const auto step = [](std::ptrdiff_t n) { return static_cast<std::size_t>(n); };
  const std::size_t channels = w.group_channels();
  for (std::size_t position = first; position < last; ++position) {
    const std::size_t n = position / (w.P * w.Q), p = position / w.Q % w.P, q = position % w.Q;
    for (std::size_t r = 0; r < w.R; ++r)
      for (std::size_t s = 0; s < w.S; ++s, rows += channels) {
        const std::size_t row = p * step(w.stride_h) + r * step(w.dilation_h),
                          column = q * step(w.stride_w) + s * step(w.dilation_w);
        std::copy_n(images + ((n * height + row) * width + column) * w.C + group * channels, channels, rows);
      }
  }
}

/// sums [N * P * Q, K] += windows times weights [K, C / group, R, S]; groups are a batch of products.
template <typename T>
void add_window_products(HostProducts& products, const naive::Window& w, std::size_t height,
                         std::size_t width, const T* images, const T* weights,
                         typename SumOf<T>::Type* sums) {
  const std::size_t channels = w.group_channels(), filters = w.group_filters(), taps = w.R * w.S,
                    terms = channels * taps, positions = w.N * w.P * w.Q;
  if (terms == 0 || positions == 0) return;
  std::vector<T> by_tap(w.K * terms);  // [K, R, S, C / group]
  for (std::size_t k = 0; k < w.K; ++k)
    naive::transpose(weights + k * terms, channels, taps, by_tap.data() + k * terms);
  const std::size_t chunk =
      std::clamp<std::size_t>(products.tile_bytes() / (w.group * terms * sizeof(T)), 1, positions);
  std::vector<T> rows(w.group * chunk * terms);
  for (std::size_t first = 0; first < positions; first += chunk) {
    const std::size_t count = std::min(chunk, positions - first);
    std::vector<Factors<T>> factors;
    for (std::size_t g = 0; g < w.group; ++g) {
      T* const left = rows.data() + g * count * terms;
      copy_windows(w, height, width, images, g, first, first + count, left);
      factors.push_back({left, by_tap.data() + g * filters * terms, sums + first * w.K + g * filters});
    }
    products.add({count, filters, terms, terms, 1, terms, w.K}, factors);
  }
}

}  // namespace nnp::reference
