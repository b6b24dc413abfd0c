// SPDX-License-Identifier: Apache-2.0
// Convolutions and pools that the IR's two spatial axes do not cover: other ranks, dilated pools, indices.
#include "host_runtime/reference/naive/onnx/windows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "host_runtime/reference/naive/onnx/functions.h"

namespace nnp::reference::naive {
namespace {

void read_window(const OnnxCall& call, Windows& w) {
  const std::size_t axes = w.image.size();
  w.strides = call.list("strides", std::vector<std::int64_t>(axes, 1));
  w.dilations = call.list("dilations", std::vector<std::int64_t>(axes, 1));
  auto pads = call.list("pads", std::vector<std::int64_t>(2 * axes, 0));
  if (w.kernel.size() != axes || w.strides.size() != axes || w.dilations.size() != axes ||
      pads.size() != 2 * axes)
    call.fail(fmt::format("kernel, strides, dilations and pads do not fit {} spatial axes", axes));
  const std::string auto_pad = call.text("auto_pad", "NOTSET");
  for (std::size_t a = 0; a < axes; ++a) {
    if (w.kernel[a] < 1 || w.strides[a] < 1 || w.dilations[a] < 1)
      call.fail("a window without size or stride");
    if (auto_pad == "NOTSET") continue;
    const std::int64_t reach = (w.kernel[a] - 1) * w.dilations[a] + 1;
    const std::int64_t total =
        auto_pad == "VALID"
            ? 0
            : std::max<std::int64_t>(0, (w.output[a] - 1) * w.strides[a] + reach - w.image[a]);
    pads[a] = auto_pad == "SAME_LOWER" ? total - total / 2 : total / 2;
  }
  w.pads.assign(pads.begin(), pads.begin() + static_cast<std::ptrdiff_t>(axes));
}

Windows images_of(const OnnxCall& call) {
  const ir::Shape &x = call.shape(0), &y = call.result().shape;
  if (x.size() < 3 || y.size() != x.size())
    call.fail(fmt::format("{} to {}: no images", to_text(x), to_text(y)));
  Windows w;
  w.batch = static_cast<std::size_t>(x[0]), w.channels = static_cast<std::size_t>(x[1]);
  w.filters = static_cast<std::size_t>(y[1]);
  w.image.assign(x.begin() + 2, x.end());
  w.output.assign(y.begin() + 2, y.end());
  w.output_shape = {x[0], y[1]};
  w.output_shape.insert(w.output_shape.end(), w.output.begin(), w.output.end());
  return w;
}

}  // namespace

Windows conv_windows(const OnnxCall& call, const ir::Shape& weights) {
  Windows w = images_of(call);
  const std::int64_t group = call.integer("group", 1);
  if (group < 1 || weights.size() != w.image.size() + 2 ||
      weights[1] * group != static_cast<std::int64_t>(w.channels) ||
      weights[0] != static_cast<std::int64_t>(w.filters) || weights[0] % group != 0)
    call.fail(fmt::format("weights {} do not fit {} in {} groups", to_text(weights), to_text(call.shape(0)),
                          group));
  w.group = static_cast<std::size_t>(group);
  w.kernel.assign(weights.begin() + 2, weights.end());
  read_window(call, w);
  return w;
}

Windows pool_windows(const OnnxCall& call) {
  Windows w = images_of(call);
  if (w.filters != w.channels) call.fail("a pool keeps its channels");
  w.group = w.channels;
  w.kernel = call.list("kernel_shape", {});
  read_window(call, w);
  return w;
}

void onnx_conv(OnnxCall& call) {
  const Windows w = conv_windows(call, call.shape(1));
  const auto x = call.data<float>(0), weights = call.data<float>(1);
  const auto y = call.make_data<float>(0, w.output_shape);
  w.for_each_tap([&](std::size_t out, std::size_t in, std::size_t tap) {
    y[out] = std::fma(x[in], weights[tap], y[out]);
  });
  if (!call.has(2)) return;
  const auto bias = call.data<float>(2);
  for (std::size_t i = 0; i < y.size(); ++i) y[i] += bias[i / w.positions() % w.filters];
}

/// The windows of the convolution that goes the other way: from this one's result to its input.
void onnx_conv_transpose(OnnxCall& call) {
  const ir::Shape &x = call.shape(0), &weights = call.shape(1), &y = call.result().shape;
  if (x.size() < 3 || weights.size() != x.size() || y.size() != x.size()) call.fail("no images");
  const std::size_t axes = x.size() - 2;
  Windows w;
  w.batch = static_cast<std::size_t>(x[0]), w.channels = static_cast<std::size_t>(y[1]),
  w.filters = static_cast<std::size_t>(x[1]);
  w.group = static_cast<std::size_t>(call.integer("group", 1));
  w.image.assign(y.begin() + 2, y.end()), w.output.assign(x.begin() + 2, x.end());
  w.kernel.assign(weights.begin() + 2, weights.end());
  w.strides = call.list("strides", std::vector<std::int64_t>(axes, 1));
  w.dilations = call.list("dilations", std::vector<std::int64_t>(axes, 1));
  const auto pads = call.list("pads", std::vector<std::int64_t>(2 * axes, 0));
  if (call.text("auto_pad", "NOTSET") != "NOTSET" || call.has_attribute("output_shape"))
    call.fail("auto_pad and output_shape are not supported with this rank");
  if (w.strides.size() != axes || w.dilations.size() != axes || pads.size() != 2 * axes ||
      weights[0] != x[1] || w.channels != static_cast<std::size_t>(weights[1]) * w.group)
    call.fail("weights and attributes do not fit");
  w.pads.assign(pads.begin(), pads.begin() + static_cast<std::ptrdiff_t>(axes));
  const auto data = call.data<float>(0), kernel = call.data<float>(1);
  const auto result = call.make_data<float>(0, y);
  w.for_each_tap([&](std::size_t from, std::size_t to, std::size_t tap) {
    result[to] = std::fma(data[from], kernel[tap], result[to]);
  });
  if (!call.has(2)) return;
  const auto bias = call.data<float>(2);
  const std::size_t pixels = static_cast<std::size_t>(ir::element_count(w.image));
  for (std::size_t i = 0; i < result.size(); ++i) result[i] += bias[i / pixels % w.channels];
}

/// Output 1, if read: where each maximum lies in the flattened input; storage_order 1 counts columns first.
void onnx_max_pool(OnnxCall& call) {
  const Windows w = pool_windows(call);
  const std::size_t pixels = static_cast<std::size_t>(ir::element_count(w.image));
  std::vector<std::size_t> best(w.output_elements(), static_cast<std::size_t>(-1));
  with_input_type(call, 0, [&](auto element) {
    using T = decltype(element);
    const auto x = call.data<T>(0);
    w.for_each_tap([&](std::size_t out, std::size_t in, std::size_t) {
      if (best[out] == static_cast<std::size_t>(-1) || x[in] > x[best[out]]) best[out] = in;
    });
    const auto y = call.make_data<T>(0, w.output_shape);
    for (std::size_t i = 0; i < y.size(); ++i) {
      if (best[i] == static_cast<std::size_t>(-1)) call.fail("a window without an element");
      y[i] = x[best[i]];
    }
  });
  if (!call.wants(1)) return;
  const auto indices = call.make_data<std::int64_t>(1, w.output_shape);
  const bool columns = call.integer("storage_order", 0) != 0 && w.image.size() == 2;
  for (std::size_t i = 0; i < indices.size(); ++i) {
    std::size_t at = best[i];
    if (columns) {
      const std::size_t pixel = at % pixels, width = static_cast<std::size_t>(w.image[1]),
                        height = static_cast<std::size_t>(w.image[0]);
      at = at - pixel + pixel % width * height + pixel / width;
    }
    indices[i] = static_cast<std::int64_t>(at);
  }
}

void onnx_average_pool(OnnxCall& call) {
  const Windows w = pool_windows(call);
  const auto x = call.data<float>(0);
  std::vector<double> sums(w.output_elements());
  std::vector<std::size_t> counts(sums.size());
  w.for_each_tap([&](std::size_t out, std::size_t in, std::size_t) {
    sums[out] += static_cast<double>(x[in]), ++counts[out];
  });
  const bool whole = call.integer("count_include_pad", 0) != 0;
  const auto y = call.make_data<float>(0, w.output_shape);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const std::size_t count = whole ? w.taps() : counts[i];
    y[i] = count == 0 ? 0 : static_cast<float>(sums[i] / static_cast<double>(count));
  }
}

void onnx_lp_pool(OnnxCall& call) {
  const Windows w = pool_windows(call);
  const auto x = call.data<float>(0);
  const auto p = static_cast<double>(call.integer("p", 2));
  std::vector<double> sums(w.output_elements());
  w.for_each_tap([&](std::size_t out, std::size_t in, std::size_t) {
    sums[out] += std::pow(std::abs(static_cast<double>(x[in])), p);
  });
  const auto y = call.make_data<float>(0, w.output_shape);
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = static_cast<float>(std::pow(sums[i], 1 / p));
}

/// Maxima back to where MaxPool found them. The indices count in the unpadded image that MaxPool saw; a given
/// output_shape only adds room behind it.
void onnx_max_unpool(OnnxCall& call) {
  const ir::Shape &x = call.shape(0), &y = call.result().shape;
  if (x.size() < 3 || y.size() != x.size())
    call.fail(fmt::format("{} to {}: no images", to_text(x), to_text(y)));
  const std::size_t axes = x.size() - 2;
  const auto kernel = call.list("kernel_shape", {}),
             strides = call.list("strides", std::vector<std::int64_t>(axes, 1)),
             pads = call.list("pads", std::vector<std::int64_t>(2 * axes, 0));
  if (kernel.size() != axes || strides.size() != axes || pads.size() != 2 * axes)
    call.fail("kernel, strides and pads do not fit");
  ir::Shape seen(y.begin(), y.begin() + 2);
  for (std::size_t a = 0; a < axes; ++a)
    seen.push_back((x[a + 2] - 1) * strides[a] + kernel[a] - pads[a] - pads[a + axes]);
  const auto data = call.data<float>(0);
  const auto indices = call.integers(1);
  const auto result = call.make_data<float>(0, y);
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (indices[i] < 0 || indices[i] >= ir::element_count(seen))
      call.fail(fmt::format("index {}", indices[i]));
    std::int64_t rest = indices[i], to = 0, stride = 1;
    for (std::size_t d = seen.size(); d-- > 0; stride *= y[d]) {
      to += rest % seen[d] * stride;
      rest /= seen[d];
    }
    result[static_cast<std::size_t>(to)] = data[i];
  }
}

}  // namespace nnp::reference::naive
