// SPDX-License-Identifier: Apache-2.0
// The families unary and binary, Add and Mul beside them, on every host type. f32 goes through
// isa/numerics/functions.h, as on the chip.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host_runtime/reference/naive/broadcast.h"
#include "host_runtime/reference/naive/operators.h"
#include "host_runtime/reference/naive/typed.h"
#include "isa/numerics/functions.h"

namespace nnp::reference::naive {
namespace {

using numerics::BinaryFunction;
using numerics::UnaryFunction;

/// Functions that f64 has in its own precision; nothing for those that only f32 defines.
bool exact_unary(UnaryFunction function, double x, double& y) {
  switch (function) {
    case UnaryFunction::neg:
      return y = -x, true;
    case UnaryFunction::abs:
      return y = std::abs(x), true;
    case UnaryFunction::sqrt:
      return y = std::sqrt(x), true;
    case UnaryFunction::reciprocal:
      return y = 1 / x, true;
    case UnaryFunction::exp:
      return y = std::exp(x), true;
    case UnaryFunction::log:
      return y = std::log(x), true;
    case UnaryFunction::floor:
      return y = std::floor(x), true;
    case UnaryFunction::ceil:
      return y = std::ceil(x), true;
    case UnaryFunction::round:
      return y = std::nearbyint(x), true;
    case UnaryFunction::sign:
      return y = std::isnan(x) ? x : (x > 0) - (x < 0), true;
    default:
      return false;
  }
}

template <typename T>
T integer_unary(const Call& call, UnaryFunction function, T x) {
  switch (function) {
    case UnaryFunction::neg:
      return static_cast<T>(0 - wrapping(x));
    case UnaryFunction::abs:
      return x < T{} ? static_cast<T>(0 - wrapping(x)) : x;
    case UnaryFunction::sign:
      return static_cast<T>((x > T{}) - (x < T{}));
    default:
      call.fail(fmt::format("no function of {}", ir::to_string(ir::kDTypeOf<T>)));
  }
}

template <typename T>
T unary(const Call& call, const ir::UnaryAttributes& a, T x) {
  if constexpr (std::is_same_v<T, double>) {
    double y = 0;
    if (!exact_unary(a.function, x, y))
      y = static_cast<double>(numerics::unary(a.function, static_cast<float>(x), a.alpha, a.beta));
    return y;
  } else if constexpr (kIsReal<T>) {
    return static_cast<T>(numerics::unary(a.function, static_cast<float>(x), a.alpha, a.beta));
  } else {
    return integer_unary(call, a.function, x);
  }
}

template <typename T>
T integer_power(T base, T exponent) {
  if (exponent < T{})
    return static_cast<T>(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
  std::uint64_t result = 1, square = wrapping(base);
  for (auto left = wrapping(exponent); left != 0; left >>= 1, square *= square) {
    if (left & 1) result *= square;
  }
  return static_cast<T>(result);
}

template <typename T>
T integer_binary(const Call& call, BinaryFunction function, T a, T b) {
  switch (function) {
    case BinaryFunction::add:
      return static_cast<T>(wrapping(a) + wrapping(b));
    case BinaryFunction::sub:
      return static_cast<T>(wrapping(a) - wrapping(b));
    case BinaryFunction::mul:
      return static_cast<T>(wrapping(a) * wrapping(b));
    case BinaryFunction::div:
      if (b == T{}) call.fail("divides by zero");
      if (std::is_signed_v<T> && b == static_cast<T>(-1)) return static_cast<T>(0 - wrapping(a));
      return static_cast<T>(a / b);
    case BinaryFunction::min:
      return std::min(a, b);
    case BinaryFunction::max:
      return std::max(a, b);
    case BinaryFunction::pow:
      return integer_power(a, b);
    case BinaryFunction::prelu:
      return a < T{} ? static_cast<T>(wrapping(a) * wrapping(b)) : a;
  }
  call.fail("unknown function");
}

double double_binary(BinaryFunction function, double a, double b) {
  switch (function) {
    case BinaryFunction::add:
      return a + b;
    case BinaryFunction::sub:
      return a - b;
    case BinaryFunction::mul:
      return a * b;
    case BinaryFunction::div:
      return a / b;
    case BinaryFunction::min:
      return std::isnan(a) ? a : std::min(b, a);
    case BinaryFunction::max:
      return std::isnan(a) ? a : std::max(b, a);
    case BinaryFunction::pow:
      return std::pow(a, b);
    case BinaryFunction::prelu:
      return a < 0 ? a * b : a;
  }
  return 0;
}

template <typename T>
T binary(const Call& call, BinaryFunction function, T a, T b) {
  if constexpr (std::is_same_v<T, double>)
    return double_binary(function, a, b);
  else if constexpr (kIsReal<T>)
    return static_cast<T>(numerics::binary(function, static_cast<float>(a), static_cast<float>(b)));
  else
    return integer_binary(call, function, a, b);
}

BinaryFunction function_of(const Call& call) {
  if (call.node().op == ir::Op::add) return BinaryFunction::add;
  if (call.node().op == ir::Op::mul) return BinaryFunction::mul;
  return call.attributes<ir::BinaryAttributes>().function;
}

}  // namespace

void run_unary(Call& call) {
  const auto& attributes = call.attributes<ir::UnaryAttributes>();
  ir::with_element_type(call.input(0).type(), [&](auto element) {
    using T = decltype(element);
    const auto x = call.data<T>(0);
    const auto y = call.output_data<T>();
    if (x.size() != y.size()) call.fail("input and output differ in shape");
    for (std::size_t i = 0; i < y.size(); ++i) y[i] = unary<T>(call, attributes, x[i]);
  });
}

void run_binary_typed(Call& call) {
  const BinaryFunction function = function_of(call);
  const ir::Shape& shape = call.output_value().shape;
  if (broadcast_shape(call.input(0).shape(), call.input(1).shape()) != shape)
    call.fail(fmt::format("{} and {} do not give {}", to_text(call.input(0).shape()),
                          to_text(call.input(1).shape()), to_text(shape)));
  ir::with_element_type(call.input(0).type(), [&](auto element) {
    using T = decltype(element);
    const std::vector<T> a = expanded(call.data<T>(0), call.input(0).shape(), shape);
    const std::vector<T> b = expanded(call.data<T>(1), call.input(1).shape(), shape);
    const auto y = call.output_data<T>();
    if constexpr (std::is_same_v<T, float>) {
      numerics::binary(function, a.data(), 1, b.data(), 1, y.data(), y.size());
    } else {
      for (std::size_t i = 0; i < y.size(); ++i) y[i] = binary<T>(call, function, a[i], b[i]);
    }
  });
}

/// Relu and Clip of plain integers and of the other real types; Sigmoid and Tanh of real ones.
void run_activation_typed(Call& call) {
  const ir::Op op = call.node().op;
  ir::with_element_type(call.input(0).type(), [&](auto element) {
    using T = decltype(element);
    const auto x = call.data<T>(0);
    const auto y = call.output_data<T>();
    if (op == ir::Op::relu || op == ir::Op::clip) {
      const bool lower = op == ir::Op::clip ? call.has(1) : true, upper = op == ir::Op::clip && call.has(2);
      const T lo = op == ir::Op::clip && lower ? call.data<T>(1)[0] : T{},
              hi = upper ? call.data<T>(2)[0] : T{};
      for (std::size_t i = 0; i < y.size(); ++i) {
        T value = x[i];
        if (lower && value < lo) value = lo;
        if (upper && value > hi) value = hi;
        y[i] = value;
      }
      return;
    }
    if constexpr (kIsReal<T>) {
      const auto function = op == ir::Op::tanh ? UnaryFunction::tanh : UnaryFunction::sigmoid;
      for (std::size_t i = 0; i < y.size(); ++i)
        y[i] =
            static_cast<T>(static_cast<Arithmetic<T>>(numerics::unary(function, static_cast<float>(x[i]))));
    } else {
      call.fail(fmt::format("no activation of {}", ir::to_string(call.input(0).type())));
    }
  });
}

}  // namespace nnp::reference::naive
