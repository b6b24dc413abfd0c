// SPDX-License-Identifier: Apache-2.0
// Arithmetic that the IR has no node for.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host_runtime/reference/naive/broadcast.h"
#include "host_runtime/reference/naive/onnx/functions.h"

namespace nnp::reference::naive {
namespace {

struct Row {
  const char* op;
  double (*function)(double);
};
constexpr Row kReal[] = {
    {"Sin", std::sin},     {"Cos", std::cos},     {"Tan", std::tan},     {"Asin", std::asin},
    {"Acos", std::acos},   {"Atan", std::atan},   {"Sinh", std::sinh},   {"Cosh", std::cosh},
    {"Asinh", std::asinh}, {"Acosh", std::acosh}, {"Atanh", std::atanh},
};

/// y = f(a, b) over the common shape; a is of type A, b of type B, y of type A.
template <typename A, typename B, typename F>
void combine(OnnxCall& call, F f) {
  const auto shape = broadcast_shape(call.shape(0), call.shape(1));
  if (!shape) call.fail(to_text(call.shape(0)) + " and " + to_text(call.shape(1)) + " do not broadcast");
  const auto a = call.data<A>(0);
  const auto b = call.data<B>(1);
  const auto at = broadcast_indices(call.shape(0), *shape), bt = broadcast_indices(call.shape(1), *shape);
  const auto y = call.make_data<A>(0, *shape);
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = static_cast<A>(f(a[at[i]], b[bt[i]]));
}

template <typename T>
T integer_modulo(OnnxCall& call, T a, T b, bool like_c) {
  if (b == 0) call.fail("modulo by zero");
  if constexpr (std::is_signed_v<T>) {
    if (b == -1) return 0;
    const T rest = static_cast<T>(a % b);
    return !like_c && rest != 0 && (rest < 0) != (b < 0) ? static_cast<T>(rest + b) : rest;
  } else {
    return static_cast<T>(a % b);
  }
}

double integer_power(double base, std::int64_t exponent) {
  return std::pow(base, static_cast<double>(exponent));
}

/// Exact where it fits 64 bits, by repeated squaring in two's complement.
std::int64_t whole_power(std::int64_t base, std::int64_t exponent) {
  if (exponent < 0) return static_cast<std::int64_t>(integer_power(static_cast<double>(base), exponent));
  std::uint64_t result = 1, square = static_cast<std::uint64_t>(base);
  for (; exponent != 0; exponent >>= 1, square *= square) {
    if (exponent & 1) result *= square;
  }
  return static_cast<std::int64_t>(result);
}

template <typename T>
double determinant(std::vector<T> m, std::size_t n) {  // Gauss with the largest pivot of each column
  double result = 1;
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < n; ++i) {
      if (std::abs(m[i * n + k]) > std::abs(m[pivot * n + k])) pivot = i;
    }
    if (m[pivot * n + k] == 0) return 0;
    if (pivot != k) {
      result = -result;
      for (std::size_t j = 0; j < n; ++j) std::swap(m[k * n + j], m[pivot * n + j]);
    }
    result *= m[k * n + k];
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = m[i * n + k] / m[k * n + k];
      for (std::size_t j = k; j < n; ++j) m[i * n + j] -= factor * m[k * n + j];
    }
  }
  return result;
}

}  // namespace

void onnx_real_function(OnnxCall& call) {
  const Row* row = std::ranges::find_if(kReal, [&](const Row& r) { return call.op() == r.op; });
  with_input_type(call, 0, [&](auto element) {
    using T = decltype(element);
    if constexpr (kIsReal<T>) {
      const auto x = call.data<T>(0);
      const auto y = call.make_data<T>(0, call.shape(0));
      for (std::size_t i = 0; i < y.size(); ++i)
        y[i] = static_cast<T>(static_cast<Arithmetic<T>>(row->function(static_cast<double>(x[i]))));
    } else {
      call.fail(fmt::format("no function of {}", ir::to_string(call.type(0))));
    }
  });
}

/// x < -lambd: x + bias; x > lambd: x - bias; else 0.
void onnx_shrink(OnnxCall& call) {
  const double lambd = static_cast<double>(call.number("lambd", 0.5f)),
               bias = static_cast<double>(call.number("bias", 0));
  with_input_type(call, 0, [&](auto element) {
    using T = decltype(element);
    const auto x = call.data<T>(0);
    const auto y = call.make_data<T>(0, call.shape(0));
    for (std::size_t i = 0; i < y.size(); ++i) {
      const double value = static_cast<double>(x[i]);
      const double result = value < -lambd ? value + bias : value > lambd ? value - bias : 0;
      y[i] = static_cast<T>(static_cast<Arithmetic<T>>(result));
    }
  });
}

/// Of integers with the sign of the divisor unless fmod says: that of the dividend, as reals have it.
void onnx_mod(OnnxCall& call) {
  const bool like_c = call.integer("fmod", 0) != 0;
  with_input_type(call, 0, [&](auto element) {
    using T = decltype(element);
    if constexpr (kIsReal<T>) {
      combine<T, T>(call, [](T a, T b) {
        return static_cast<Arithmetic<T>>(
            std::fmod(static_cast<Arithmetic<T>>(a), static_cast<Arithmetic<T>>(b)));
      });
    } else if constexpr (!std::is_same_v<T, bool>) {
      combine<T, T>(call, [&](T a, T b) { return integer_modulo(call, a, b, like_c); });
    } else {
      call.fail("no modulo of b8");
    }
  });
}

void onnx_bit_shift(OnnxCall& call) {
  const bool left = call.text("direction", "") == "LEFT";
  with_input_type(call, 0, [&](auto element) {
    using T = decltype(element);
    if constexpr (std::is_unsigned_v<T> && !std::is_same_v<T, bool>) {
      combine<T, T>(call, [&](T a, T b) -> T {
        if (b >= sizeof(T) * 8) return 0;
        return left ? static_cast<T>(static_cast<std::uint64_t>(a) << b) : static_cast<T>(a >> b);
      });
    } else {
      call.fail(fmt::format("no shift of {}", ir::to_string(call.type(0))));
    }
  });
}

/// Base and exponent of different types; the result has the base's.
void onnx_pow(OnnxCall& call) {
  with_input_type(call, 0, [&](auto left) {
    with_input_type(call, 1, [&](auto right) {
      using A = decltype(left);
      using B = decltype(right);
      combine<A, B>(call, [](A a, B b) {
        if constexpr (std::is_integral_v<A> && std::is_integral_v<B>)
          return whole_power(static_cast<std::int64_t>(a), static_cast<std::int64_t>(b));
        else
          return static_cast<Arithmetic<A>>(std::pow(static_cast<double>(a), static_cast<double>(b)));
      });
    });
  });
}

void onnx_cumulative_sum(OnnxCall& call) {
  const std::size_t axis = call.axis(call.scalar(1, 0), call.shape(0).size());
  const bool exclusive = call.integer("exclusive", 0) != 0, reverse = call.integer("reverse", 0) != 0;
  const AxisSplit split = split_at(call.shape(0), axis);
  with_input_type(call, 0, [&](auto element) {
    using T = decltype(element);
    using Sum = std::conditional_t<kIsReal<T>, double, std::uint64_t>;
    const auto x = call.data<T>(0);
    const auto y = call.make_data<T>(0, call.shape(0));
    for (std::size_t line = 0; line < split.outer * split.inner; ++line) {
      const std::size_t first = line / split.inner * split.inner * split.size + line % split.inner;
      Sum sum = 0;
      for (std::size_t i = 0; i < split.size; ++i) {
        const std::size_t at = first + (reverse ? split.size - 1 - i : i) * split.inner;
        const Sum before = sum;
        sum += static_cast<Sum>(x[at]);
        const Sum result = exclusive ? before : sum;
        if constexpr (kIsReal<T>)
          y[at] = static_cast<T>(static_cast<Arithmetic<T>>(result));
        else
          y[at] = static_cast<T>(result);
      }
    }
  });
}

void onnx_determinant(OnnxCall& call) {
  const ir::Shape& shape = call.shape(0);
  if (shape.size() < 2 || shape.back() != shape[shape.size() - 2])
    call.fail(to_text(shape) + " are not square matrices");
  const auto n = static_cast<std::size_t>(shape.back());
  with_input_type(call, 0, [&](auto element) {
    using T = decltype(element);
    if constexpr (kIsReal<T>) {
      const auto x = call.data<T>(0);
      const auto y = call.make_data<T>(0, {shape.begin(), shape.end() - 2});
      for (std::size_t i = 0; i < y.size(); ++i) {
        std::vector<double> matrix;
        for (std::size_t j = 0; j < n * n; ++j) matrix.push_back(static_cast<double>(x[i * n * n + j]));
        y[i] = static_cast<T>(static_cast<Arithmetic<T>>(determinant(std::move(matrix), n)));
      }
    } else {
      call.fail("no determinant of integers");
    }
  });
}

}  // namespace nnp::reference::naive
