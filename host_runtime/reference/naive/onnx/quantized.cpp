// SPDX-License-Identifier: Apache-2.0
// ONNX's own integer operators: quantisation, and integer products with zero points.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "host_runtime/reference/naive/broadcast.h"
#include "host_runtime/reference/naive/onnx/functions.h"
#include "host_runtime/reference/naive/onnx/windows.h"

namespace nnp::reference::naive {
namespace {

/// round half to even(x / scale) + zero, held within the type.
template <typename T>
T code_of(float x, float scale, std::int64_t zero) {
  const double code = std::nearbyint(static_cast<double>(x / scale)) + static_cast<double>(zero);
  return static_cast<T>(std::clamp(code, static_cast<double>(std::numeric_limits<T>::lowest()),
                                   static_cast<double>(std::numeric_limits<T>::max())));
}

/// Scale and zero point of each element: one for all, or one an index of the axis.
struct Scales {
  std::vector<float> scale;
  std::vector<std::int64_t> zero;
  AxisSplit split{1, 1, 1};
  std::size_t at(std::size_t i) const { return scale.size() == 1 ? 0 : i / split.inner % split.size; }
};
Scales scales_of(const OnnxCall& call) {
  Scales scales;
  scales.scale = call.floats(1);
  scales.zero = call.has(2) ? call.integers(2) : std::vector<std::int64_t>(scales.scale.size(), 0);
  if (scales.zero.size() != scales.scale.size()) call.fail("scales and zero points differ in number");
  if (scales.scale.size() != 1) {
    scales.split = split_at(call.shape(0), call.axis(call.integer("axis", 1), call.shape(0).size()));
    if (scales.split.size != scales.scale.size())
      call.fail(fmt::format("{} scales for an axis of {}", scales.scale.size(), scales.split.size));
  }
  return scales;
}

/// Zero point input i as one number a row (or column): `count` of them.
std::vector<std::int64_t> zeros(const OnnxCall& call, std::size_t i, std::size_t count) {
  std::vector<std::int64_t> zero = call.has(i) ? call.integers(i) : std::vector<std::int64_t>{0};
  if (zero.size() == 1) zero.resize(count, zero[0]);
  if (zero.size() != count)
    call.fail(fmt::format("{} zero points for {} rows or columns", zero.size(), count));
  return zero;
}

/// Sums to codes: y = clamp(rint(sum * factor) + zero).
void store_codes(OnnxCall& call, const ir::Shape& shape, const std::vector<std::int64_t>& sums,
                 const std::function<float(std::size_t)>& factor, std::size_t zero_input) {
  ir::with_element_type(call.result().type, [&](auto element) {
    using T = decltype(element);
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
      const std::int64_t zero = call.scalar(zero_input, 0);
      const auto y = call.make_data<T>(0, shape);
      for (std::size_t i = 0; i < y.size(); ++i)
        y[i] = code_of<T>(static_cast<float>(sums[i]) * factor(i), 1.0f, zero);
    } else {
      call.fail("codes must be integers");
    }
  });
}

void store_sums(OnnxCall& call, const ir::Shape& shape, const std::vector<std::int64_t>& sums) {
  const auto y = call.make_data<std::int32_t>(0, shape);
  std::ranges::transform(sums, y.begin(), [](std::int64_t sum) { return static_cast<std::int32_t>(sum); });
}

}  // namespace

void onnx_quantize(OnnxCall& call) {
  const Scales scales = scales_of(call);
  const auto x = call.floats(0);
  ir::with_element_type(call.result().type, [&](auto element) {
    using T = decltype(element);
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
      const auto y = call.make_data<T>(0, call.shape(0));
      for (std::size_t i = 0; i < y.size(); ++i)
        y[i] = code_of<T>(x[i], scales.scale[scales.at(i)], scales.zero[scales.at(i)]);
    } else {
      call.fail("codes must be integers");
    }
  });
}

void onnx_dequantize(OnnxCall& call) {
  const Scales scales = scales_of(call);
  const auto x = call.integers(0);
  const auto y = call.make_data<float>(0, call.shape(0));
  for (std::size_t i = 0; i < y.size(); ++i)
    y[i] = static_cast<float>(x[i] - scales.zero[scales.at(i)]) * scales.scale[scales.at(i)];
}

/// u8 over the range of the input and 0: outputs codes, scale, zero point.
void onnx_dynamic_quantize(OnnxCall& call) {
  const auto x = call.data<float>(0);
  float lo = 0, hi = 0;
  for (const float value : x) lo = std::min(lo, value), hi = std::max(hi, value);
  const float scale = (hi - lo) / 255;
  const float zero = std::nearbyint(std::clamp(scale == 0 ? 0 : -lo / scale, 0.0f, 255.0f));
  const auto y = call.make_data<std::uint8_t>(0, call.shape(0));
  for (std::size_t i = 0; i < y.size(); ++i)
    y[i] = scale == 0 ? 0 : code_of<std::uint8_t>(x[i], scale, static_cast<std::int64_t>(zero));
  if (call.wants(1)) call.make_data<float>(1, {})[0] = scale;
  if (call.wants(2)) call.make_data<std::uint8_t>(2, {})[0] = static_cast<std::uint8_t>(zero);
}

/// MatMulInteger: a, b, zero of a (one, or one a row), zero of b (one, or one a column). QLinearMatMul: a,
/// its scale and zero, b, its scale and zero, scale and zero of y.
void onnx_matmul_integer(OnnxCall& call) {
  const bool quantises = call.op() == "QLinearMatMul";
  const std::size_t right = quantises ? 3 : 1, zero_a = 2, zero_b = quantises ? 5 : 3;
  const ir::Shape &sa = call.shape(0), &sb = call.shape(right);
  if (sa.size() < 2 || sb.size() < 2) call.fail("vectors are not supported");
  const std::size_t M = static_cast<std::size_t>(sa[sa.size() - 2]), K = static_cast<std::size_t>(sa.back()),
                    N = static_cast<std::size_t>(sb.back());
  const ir::Shape batch_a(sa.begin(), sa.end() - 2), batch_b(sb.begin(), sb.end() - 2);
  const auto batch = broadcast_shape(batch_a, batch_b);
  if (!batch || static_cast<std::size_t>(sb[sb.size() - 2]) != K)
    call.fail(fmt::format("{} times {}", to_text(sa), to_text(sb)));
  const auto a = call.integers(0), b = call.integers(right);
  const auto za = zeros(call, zero_a, M), zb = zeros(call, zero_b, N);
  const auto ia = broadcast_indices(batch_a, *batch), ib = broadcast_indices(batch_b, *batch);
  std::vector<std::int64_t> sums(ia.size() * M * N);
  for (std::size_t i = 0; i < ia.size(); ++i)
    for (std::size_t m = 0; m < M; ++m)
      for (std::size_t k = 0; k < K; ++k)
        for (std::size_t n = 0; n < N; ++n)
          sums[(i * M + m) * N + n] +=
              (a[(ia[i] * M + m) * K + k] - za[m]) * (b[(ib[i] * K + k) * N + n] - zb[n]);
  ir::Shape shape = *batch;
  shape.push_back(sa[sa.size() - 2]), shape.push_back(sb.back());
  if (!quantises) return store_sums(call, shape, sums);
  const auto scale_a = call.floats(1), scale_b = call.floats(4), scale_y = call.floats(6);
  store_codes(
      call, shape, sums,
      [&](std::size_t i) {
        return scale_a[scale_a.size() == 1 ? 0 : i / N % M] * scale_b[scale_b.size() == 1 ? 0 : i % N] /
               scale_y[0];
      },
      7);
}

/// ConvInteger: x, w, zero of x, zero of w. QLinearConv: x, its scale and zero, w, its scale and zero, scale
/// and zero of y, bias.
void onnx_conv_integer(OnnxCall& call) {
  const bool quantises = call.op() == "QLinearConv";
  const std::size_t weights = quantises ? 3 : 1, zero_w = quantises ? 5 : 3;
  const Windows windows = conv_windows(call, call.shape(weights));
  auto x = call.integers(0), w = call.integers(weights);
  const std::int64_t zx = call.scalar(2, 0);
  for (std::int64_t& value : x) value -= zx;
  const auto zw = zeros(call, zero_w, windows.filters);
  for (std::size_t i = 0; i < w.size(); ++i) w[i] -= zw[i / (w.size() / windows.filters)];
  std::vector<std::int64_t> sums(windows.output_elements());
  if (quantises && call.has(8)) {
    const auto bias = call.integers(8);
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = bias[i / windows.positions() % windows.filters];
  }
  windows.for_each_tap(
      [&](std::size_t out, std::size_t in, std::size_t tap) { sums[out] += x[in] * w[tap]; });
  if (!quantises) return store_sums(call, windows.output_shape, sums);
  const auto scale_x = call.floats(1), scale_w = call.floats(4), scale_y = call.floats(6);
  store_codes(
      call, windows.output_shape, sums,
      [&](std::size_t i) {
        const std::size_t k = i / windows.positions() % windows.filters;
        return scale_x[0] * scale_w[scale_w.size() == 1 ? 0 : k] / scale_y[0];
      },
      7);
}

}  // namespace nnp::reference::naive
