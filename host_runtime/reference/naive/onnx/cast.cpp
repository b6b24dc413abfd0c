// SPDX-License-Identifier: Apache-2.0
// Cast and CastLike: the declared type of the result says to what.
#include <cmath>
#include <limits>

#include "host_runtime/reference/naive/onnx/functions.h"

namespace nnp::reference::naive {
namespace {

/// Reals towards zero; what the type cannot hold becomes its nearest end, NaN becomes 0. ONNX leaves both
/// open.
template <typename To>
To to_integer(double x) {
  if (std::isnan(x)) return 0;
  using Limits = std::numeric_limits<To>;
  const double truncated = std::trunc(x);
  if (truncated <= static_cast<double>(Limits::lowest())) return Limits::lowest();
  if (truncated >= static_cast<double>(Limits::max())) return Limits::max();
  return static_cast<To>(truncated);
}

template <typename To, typename From>
To converted(From x) {
  if constexpr (std::is_same_v<To, bool>) {
    return x != From{};
  } else if constexpr (kIsHalf<To>) {
    return To(static_cast<float>(x));
  } else if constexpr (std::is_integral_v<To> && kIsReal<From>) {
    return to_integer<To>(static_cast<double>(x));
  } else {
    return static_cast<To>(x);
  }
}

}  // namespace

void onnx_cast(OnnxCall& call) {
  const ir::DType to = call.result().type;
  with_input_type(call, 0, [&](auto source) {
    ir::with_element_type(to, [&](auto target) {
      using From = decltype(source);
      using To = decltype(target);
      const auto x = call.data<From>(0);
      const auto y = call.make_data<To>(0, call.shape(0));
      for (std::size_t i = 0; i < y.size(); ++i) y[i] = converted<To, From>(x[i]);
    });
  });
}

}  // namespace nnp::reference::naive
