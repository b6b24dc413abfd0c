// SPDX-License-Identifier: Apache-2.0
// Sliding windows over any number of spatial axes: tensors [N, C, spatial...]. A pool is a convolution with
// as many groups as channels.
#pragma once

#include "host_runtime/reference/naive/onnx/onnx_call.h"

namespace nnp::reference::naive {

struct Windows {
  std::size_t batch = 0, channels = 0, filters = 0, group = 1;
  std::vector<std::int64_t> image, output, kernel, strides, dilations, pads;  // pads: before each axis
  ir::Shape output_shape;

  std::size_t positions() const { return static_cast<std::size_t>(ir::element_count(output)); }
  std::size_t taps() const { return static_cast<std::size_t>(ir::element_count(kernel)); }
  std::size_t output_elements() const { return batch * filters * positions(); }

  /// f(output element, input element, weight element) for every product: outputs ascend, of each output taps
  /// first, then channels. Taps in the padding are left out.
  template <typename F>
  void for_each_tap(F f) const {
    const auto size = [](std::int64_t n) { return static_cast<std::size_t>(n); };
    const std::size_t axes = image.size(), pixels = size(ir::element_count(image));
    const std::size_t group_channels = channels / group, group_filters = filters / group;
    std::vector<std::int64_t> position(axes), tap(axes);
    for (std::size_t out = 0; out < output_elements(); ++out) {
      const std::size_t k = out / positions() % filters, n = out / positions() / filters;
      unravel(out % positions(), output, position);
      for (std::size_t t = 0; t < taps(); ++t) {
        unravel(t, kernel, tap);
        std::size_t pixel = 0;
        bool inside = true;
        for (std::size_t a = 0; a < axes && inside; ++a) {
          const std::int64_t at = position[a] * strides[a] - pads[a] + tap[a] * dilations[a];
          inside = at >= 0 && at < image[a];
          pixel = pixel * size(image[a]) + size(at);
        }
        for (std::size_t c = 0; inside && c < group_channels; ++c) {
          const std::size_t channel = k / group_filters * group_channels + c;
          f(out, (n * channels + channel) * pixels + pixel, (k * group_channels + c) * taps() + t);
        }
      }
    }
  }

 private:
  static void unravel(std::size_t index, const std::vector<std::int64_t>& shape,
                      std::vector<std::int64_t>& at) {
    for (std::size_t a = shape.size(); a-- > 0;) {
      at[a] = static_cast<std::int64_t>(index) % shape[a];
      index /= static_cast<std::size_t>(shape[a]);
    }
  }
};

/// Of a convolution with these weights; the output's sizes are the declared ones.
Windows conv_windows(const OnnxCall&, const ir::Shape& weights);
Windows pool_windows(const OnnxCall&);

}  // namespace nnp::reference::naive
