// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/conformance/tolerance.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

namespace nnp::conformance {
namespace {

bool close(double x, double expected, double relative) {
  if (std::isnan(x) || std::isnan(expected)) return std::isnan(x) && std::isnan(expected);
  if (std::isinf(x) || std::isinf(expected)) return x == expected;
  return std::abs(x - expected) <= kAbsolute + relative * std::abs(expected);
}

template <typename T>
bool matches(T x, T expected) {
  if constexpr (std::is_integral_v<T>)
    return x == expected;
  else
    return close(static_cast<double>(x), static_cast<double>(expected),
                 std::is_same_v<T, ir::BFloat16> ? kRelativeBf16 : kRelative);
}

std::string text(const ir::Tensor& tensor) {
  return fmt::format("{} [{}]", ir::to_string(tensor.type()), fmt::join(tensor.shape(), ", "));
}

}  // namespace

std::string difference(const ir::Tensor& result, const ir::Tensor& expected) {
  if (result.type() != expected.type() || result.shape() != expected.shape())
    return fmt::format("{}, expected {}", text(result), text(expected));
  return ir::with_element_type(result.type(), [&](auto element) -> std::string {
    using T = decltype(element);
    const auto x = result.data<T>(), y = expected.data<T>();
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (!matches<T>(x[i], y[i]))
        return fmt::format("element {} of {} is {}, expected {}", i, x.size(), +x[i], +y[i]);
    }
    return {};
  });
}

}  // namespace nnp::conformance
