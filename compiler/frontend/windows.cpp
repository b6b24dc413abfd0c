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
    refuse(node, fmt::format("input has shape {}; only images [N, C, H, W] are supported", describe(input)));
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

}  // namespace nnp::compiler
