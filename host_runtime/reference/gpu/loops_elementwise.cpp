// SPDX-License-Identifier: Apache-2.0
// Functions element by element, and pooling.
#include <fmt/format.h>

#include <numbers>

#include "host_runtime/reference/gpu/loops.h"

namespace nnp::gpu::loops {
namespace {

float evaluate(const Elementwise& e, float a, float b) {
  constexpr auto kPi = std::numbers::pi_v<float>, kRoot2 = std::numbers::sqrt2_v<float>;
  switch (e.function) {
    case Function::copy:
      return a;
    case Function::relu:
      return a < 0 ? 0 : a;
    case Function::clip:
      return clamped(a, e.alpha, e.beta);
    case Function::sigmoid:
      return sigmoid(a);
    case Function::tanh:
      return std::tanh(a);
    case Function::neg:
      return -a;
    case Function::abs:
      return std::fabs(a);
    case Function::exp:
      return std::exp(a);
    case Function::log:
      return std::log(a);
    case Function::sqrt:
      return std::sqrt(a);
    case Function::rsqrt:
      return 1 / std::sqrt(a);
    case Function::reciprocal:
      return 1 / a;
    case Function::erf:
      return std::erf(a);
    case Function::gelu:
      return a / 2 * (1 + std::erf(a / kRoot2));
    case Function::gelu_tanh:
      return a / 2 * (1 + std::tanh(std::sqrt(2 / kPi) * (a + 0.044715F * a * a * a)));
    case Function::silu:
      return a * sigmoid(a);
    case Function::hard_sigmoid:
      return clamped(e.alpha * a + e.beta, 0, 1);
    case Function::hard_swish:
      return a * clamped(a / 6 + 0.5F, 0, 1);
    case Function::leaky_relu:
      return a < 0 ? e.alpha * a : a;
    case Function::elu:
      return a < 0 ? e.alpha * std::expm1(a) : a;
    case Function::softplus:  // log(1 + e^a), which does not overflow so
      return (a > 0 ? a : 0) + std::log1p(std::exp(-std::fabs(a)));
    case Function::add:
      return a + b;
    case Function::sub:
      return a - b;
    case Function::mul:
      return a * b;
    case Function::div:
      return a / b;
    case Function::min:
      return a < b ? a : b;
    case Function::max:
      return a > b ? a : b;
    case Function::pow:
      return std::pow(a, b);
    case Function::prelu:
      return a < 0 ? b * a : a;
  }
  throw GpuError(fmt::format("Elementwise: function {} is unknown", static_cast<int>(e.function)));
}

/// Calls visit(x0, x1, y) with the places of each index, the last axis fastest.
template <typename Visit>
void for_each_index(const Elementwise& e, Visit visit) {
  std::int64_t count = 1;
  for (int axis = 0; axis < e.axes; ++axis) count *= e.sizes[axis];
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t rest = i, x0 = e.x_offset[0], x1 = e.x_offset[1], y = e.y_offset;
    for (int axis = e.axes - 1; axis >= 0; --axis) {
      const std::int64_t index = rest % e.sizes[axis];
      rest /= e.sizes[axis];
      x0 += index * e.x_strides[0][axis];
      x1 += index * e.x_strides[1][axis];
      y += index * e.y_strides[axis];
    }
    visit(x0, x1, y);
  }
}

void run(const Elementwise& e) {
  if (e.function == Function::copy && e.x[0].element == Element::i64 && e.y.element == Element::i64) {
    const auto* const from = pointer<const std::int64_t>(e.x[0].at);
    auto* const to = pointer<std::int64_t>(e.y.at);
    for_each_index(e, [&](std::int64_t x0, std::int64_t, std::int64_t y) { to[y] = from[x0]; });
    return;
  }
  const bool two = operands(e.function) == 2;
  for_each_index(e, [&](std::int64_t x0, std::int64_t x1, std::int64_t y) {
    store(e.y, y, evaluate(e, load(e.x[0], x0), two ? load(e.x[1], x1) : 0));
  });
}

/// element - zero, of codes.
std::int64_t code_above_zero(const Source& x, std::int64_t i) {
  return with_type(x.element, [&](auto type) -> std::int64_t {
    using T = decltype(type);
    if constexpr (std::integral<T>) return std::int64_t{pointer<const T>(x.at)[i]} - x.zero;
    return 0;
  });
}

/// Calls visit(element) for every tap of channel c inside image n; returns their number.
template <typename Visit>
int for_each_tap(const Window& w, int n, int p, int q, int c, Visit visit) {
  int inside = 0;
  for (int r = 0; r < w.R; ++r)
    for (int s = 0; s < w.S; ++s)
      if (const auto at = pixel(w, n, p, q, r, s)) {
        ++inside;
        visit(*at * w.C + c);
      }
  return inside;
}

float average(const Pool& pool, int n, int p, int q, int c) {
  const Window& w = pool.window;
  float sum = 0;
  std::int64_t code_sum = 0;  // exact
  const bool reals = is_real(pool.x.element);
  const int inside = for_each_tap(w, n, p, q, c, [&](std::int64_t i) {
    if (reals) {
      sum += load(pool.x, i);
    } else {
      code_sum += code_above_zero(pool.x, i);
    }
  });
  const int count = pool.count_padding ? w.R * w.S : inside;
  if (count == 0) return 0;
  return (reals ? sum : static_cast<float>(code_sum)) * (pool.x.scale / static_cast<float>(count));
}

float largest(const Pool& pool, int n, int p, int q, int c) {
  float largest = -std::numeric_limits<float>::infinity();
  for_each_tap(pool.window, n, p, q, c, [&](std::int64_t i) {
    if (const float tap = load(pool.x, i); tap > largest) largest = tap;
  });
  return largest;
}

void run(const Pool& pool) {
  for_each_result(pool.window, [&](std::int64_t result, int n, int p, int q) {
    for (int c = 0; c < pool.window.C; ++c)
      store(pool.y, result * pool.window.C + c,
            pool.average ? average(pool, n, p, q, c) : largest(pool, n, p, q, c));
  });
}

}  // namespace

Kernel prepare(const Pool& p) {
  return [p] { run(p); };
}
Kernel prepare(const Elementwise& e) {
  if (e.axes < 0 || e.axes > kMostAxes)
    throw GpuError(fmt::format("Elementwise: {} axes, it must be 0 to {}", e.axes, kMostAxes));
  if (e.function > kLastFunction)
    throw GpuError(fmt::format("Elementwise: function {} is unknown", static_cast<int>(e.function)));
  return [e] { run(e); };
}

}  // namespace nnp::gpu::loops
