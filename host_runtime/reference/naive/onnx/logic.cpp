// SPDX-License-Identifier: Apache-2.0
// Comparisons and logic: results are b8.
#include <cmath>

#include "host_runtime/reference/naive/broadcast.h"
#include "host_runtime/reference/naive/onnx/functions.h"

namespace nnp::reference::naive {
namespace {

/// y = f(a, b) over the common shape.
template <typename T, typename F>
void compare_elements(OnnxCall& call, F f) {
  const auto shape = broadcast_shape(call.shape(0), call.shape(1));
  if (!shape) call.fail(to_text(call.shape(0)) + " and " + to_text(call.shape(1)) + " do not broadcast");
  const auto a = call.data<T>(0), b = call.data<T>(1);
  const auto at = broadcast_indices(call.shape(0), *shape), bt = broadcast_indices(call.shape(1), *shape);
  const auto y = call.make_data<bool>(0, *shape);
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = f(a[at[i]], b[bt[i]]);
}

template <typename T>
void compare(OnnxCall& call) {
  const std::string& op = call.op();
  if (op == "Equal") return compare_elements<T>(call, [](T a, T b) { return a == b; });
  if (op == "Greater") return compare_elements<T>(call, [](T a, T b) { return a > b; });
  if (op == "Less") return compare_elements<T>(call, [](T a, T b) { return a < b; });
  if (op == "GreaterOrEqual") return compare_elements<T>(call, [](T a, T b) { return a >= b; });
  compare_elements<T>(call, [](T a, T b) { return a <= b; });
}

template <typename F>
void test_reals(OnnxCall& call, F f) {
  with_input_type(call, 0, [&](auto element) {
    using T = decltype(element);
    if constexpr (kIsReal<T>) {
      const auto x = call.data<T>(0);
      const auto y = call.make_data<bool>(0, call.shape(0));
      for (std::size_t i = 0; i < y.size(); ++i) y[i] = f(static_cast<double>(x[i]));
    } else {
      call.fail(std::string(ir::to_string(call.type(0))) + " is not a real type");
    }
  });
}

}  // namespace

void onnx_compare(OnnxCall& call) {
  with_input_type(call, 0, [&](auto element) { compare<decltype(element)>(call); });
}

void onnx_logic(OnnxCall& call) {
  const std::string& op = call.op();
  if (op == "And") return compare_elements<bool>(call, [](bool a, bool b) { return a && b; });
  if (op == "Or") return compare_elements<bool>(call, [](bool a, bool b) { return a || b; });
  compare_elements<bool>(call, [](bool a, bool b) { return a != b; });
}

void onnx_not(OnnxCall& call) {
  const auto x = call.data<bool>(0);
  const auto y = call.make_data<bool>(0, call.shape(0));
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = !x[i];
}

void onnx_is_nan(OnnxCall& call) {
  test_reals(call, [](double x) { return std::isnan(x); });
}

void onnx_is_inf(OnnxCall& call) {
  const bool positive = call.integer("detect_positive", 1) != 0,
             negative = call.integer("detect_negative", 1) != 0;
  test_reals(call, [=](double x) { return std::isinf(x) && (x > 0 ? positive : negative); });
}

}  // namespace nnp::reference::naive
