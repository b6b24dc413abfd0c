// SPDX-License-Identifier: Apache-2.0
// One case a function. Comparisons are written so that a NaN stays one.
#include "isa/numerics/functions.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "isa/numerics/series.h"

namespace nnp::numerics {
namespace {

double sigmoid(double x) { return 1 / (1 + series::exp(-x)); }
/// exp(x) - 1 without losing the small ones.
double expm1(double x) { return std::abs(x) < 1e-5 ? x + x * x / 2 : series::exp(x) - 1; }
/// min(max(x, lo), hi), a NaN stays.
double clamp(double x, double lo, double hi) { return x < lo ? lo : x > hi ? hi : x; }

double gelu_tanh(double x) {
  constexpr double kSqrt2OverPi = 0.79788456080286535588;
  return x * (1 + series::tanh(kSqrt2OverPi * (x + 0.044715 * x * x * x))) / 2;
}
/// Small where exp(x) is: log(1 + t) = t - t^2 / 2 + ...
double softplus(double x) {
  if (x > 40) return x;
  const double t = series::exp(x);
  return t < 1e-5 ? t - t * t / 2 : series::log(1 + t);
}

/// The functions of binary64; the exact ones of binary32 are not here.
double evaluate(UnaryFunction function, double x, double alpha, double beta) {
  switch (function) {
    case UnaryFunction::exp:
      return series::exp(x);
    case UnaryFunction::log:
      return series::log(x);
    case UnaryFunction::erf:
      return series::erf(x);
    case UnaryFunction::rsqrt:
      return 1 / std::sqrt(x);
    case UnaryFunction::sigmoid:
      return sigmoid(x);
    case UnaryFunction::tanh:
      return series::tanh(x);
    case UnaryFunction::hard_sigmoid:
      return clamp(alpha * x + beta, 0, 1);
    case UnaryFunction::hard_swish:
      return x * clamp(x / 6 + 0.5, 0, 1);
    case UnaryFunction::silu:
      return x == -std::numeric_limits<double>::infinity() ? 0 : x * sigmoid(x);
    case UnaryFunction::gelu:
      return x * (1 + series::erf(x / std::numbers::sqrt2)) / 2;
    case UnaryFunction::gelu_tanh:
      return gelu_tanh(x);
    case UnaryFunction::elu:
      return x < 0 ? alpha * expm1(x) : x;
    case UnaryFunction::selu:
      return x > 0 ? beta * x : beta * alpha * expm1(x);
    case UnaryFunction::celu:
      return x < 0 ? alpha * expm1(x / alpha) : x;
    case UnaryFunction::softplus:
      return softplus(x);
    case UnaryFunction::softsign:
      return x / (1 + std::abs(x));
    default:
      return std::numeric_limits<double>::quiet_NaN();
  }
}

double power(double a, double b) {
  if (b == 0 || a == 1) return 1;
  const bool whole = b == std::nearbyint(b);
  if (whole && std::abs(b) <= 64) {
    double result = 1;
    for (int i = 0; i < static_cast<int>(std::abs(b)); ++i) result *= a;
    return b < 0 ? 1 / result : result;
  }
  if (b == 0.5 && a >= 0) return std::sqrt(a);
  if (a < 0 && !whole) return std::numeric_limits<double>::quiet_NaN();
  const bool odd = whole && std::fmod(b, 2) != 0;
  const double size = series::exp(b * series::log(std::abs(a)));
  return a < 0 && odd ? -size : size;
}

template <typename F>
void each(const float* x, float* y, std::size_t n, F&& f) {
  for (std::size_t i = 0; i < n; ++i) y[i] = f(x[i]);
}

template <typename F>
void each(const float* a, std::size_t a_step, const float* b, std::size_t b_step, float* y, std::size_t n,
          F&& f) {
  for (std::size_t i = 0; i < n; ++i) y[i] = f(a[i * a_step], b[i * b_step]);
}

}  // namespace

void unary(UnaryFunction function, const float* x, float* y, std::size_t n, float alpha, float beta) {
  switch (function) {
    case UnaryFunction::identity:
      return each(x, y, n, [](float v) { return v; });
    case UnaryFunction::neg:
      return each(x, y, n, [](float v) { return -v; });
    case UnaryFunction::abs:
      return each(x, y, n, [](float v) { return std::abs(v); });
    case UnaryFunction::sqrt:
      return each(x, y, n, [](float v) { return std::sqrt(v); });
    case UnaryFunction::reciprocal:
      return each(x, y, n, [](float v) { return 1 / v; });
    case UnaryFunction::relu:
      return each(x, y, n, [](float v) { return v < 0 ? 0 : v; });
    case UnaryFunction::clip:
      return each(x, y, n, [=](float v) {
        const float raised = v < alpha ? alpha : v;
        return raised > beta ? beta : raised;
      });
    case UnaryFunction::leaky_relu:
      return each(x, y, n, [=](float v) { return v < 0 ? alpha * v : v; });
    case UnaryFunction::thresholded_relu:
      return each(x, y, n, [=](float v) { return v > alpha ? v : 0; });
    case UnaryFunction::floor:
      return each(x, y, n, [](float v) { return std::floor(v); });
    case UnaryFunction::ceil:
      return each(x, y, n, [](float v) { return std::ceil(v); });
    case UnaryFunction::round:
      return each(x, y, n, [](float v) { return std::nearbyint(v); });
    case UnaryFunction::sign:
      return each(x, y, n, [](float v) { return v > 0 ? 1.0f : v < 0 ? -1.0f : v; });
    default:
      return each(x, y, n, [=](float v) { return static_cast<float>(evaluate(function, v, alpha, beta)); });
  }
}

void binary(BinaryFunction function, const float* a, std::size_t a_step, const float* b, std::size_t b_step,
            float* y, std::size_t n) {
  const auto run = [&](auto f) { each(a, a_step, b, b_step, y, n, f); };
  switch (function) {
    case BinaryFunction::add:
      return run([](float p, float q) { return p + q; });
    case BinaryFunction::sub:
      return run([](float p, float q) { return p - q; });
    case BinaryFunction::mul:
      return run([](float p, float q) { return p * q; });
    case BinaryFunction::div:
      return run([](float p, float q) { return p / q; });
    case BinaryFunction::min:
      return run([](float p, float q) { return std::isnan(p) || p < q ? p : q; });
    case BinaryFunction::max:
      return run([](float p, float q) { return std::isnan(p) || p > q ? p : q; });
    case BinaryFunction::pow:
      return run([](float p, float q) { return static_cast<float>(power(p, q)); });
    case BinaryFunction::prelu:
      return run([](float p, float q) { return p < 0 ? p * q : p; });
  }
}

float unary(UnaryFunction function, float x, float alpha, float beta) {
  unary(function, &x, &x, 1, alpha, beta);
  return x;
}

float binary(BinaryFunction function, float a, float b) {
  binary(function, &a, 0, &b, 0, &a, 1);
  return a;
}

float reduce(Reduction reduction, const float* x, std::size_t step, std::size_t n, double divisor) {
  const auto fold = [&](double start, auto f) {
    for (std::size_t i = 0; i < n; ++i) start = f(start, static_cast<double>(x[i * step]));
    return start;
  };
  const double infinity = std::numeric_limits<double>::infinity();
  double result = 0;
  switch (reduction) {
    case Reduction::max:
      result = fold(-infinity, [](double s, double v) { return v > s ? v : s; });
      break;
    case Reduction::min:
      result = fold(infinity, [](double s, double v) { return v < s ? v : s; });
      break;
    case Reduction::sum:
      result = fold(0, [](double s, double v) { return s + v; });
      break;
    case Reduction::prod:
      result = fold(1, [](double s, double v) { return s * v; });
      break;
    case Reduction::sum_square:
      result = fold(0, [](double s, double v) { return s + v * v; });
      break;
    case Reduction::sum_abs:
      result = fold(0, [](double s, double v) { return s + std::abs(v); });
      break;
  }
  return static_cast<float>(result / divisor);
}

const char* to_string(UnaryFunction function) {
  constexpr const char* kNames[kUnaryFunctions] = {
      "identity",   "neg",     "abs",      "sqrt",       "reciprocal",
      "rsqrt",      "exp",     "log",      "erf",        "relu",
      "clip",       "sigmoid", "tanh",     "leaky_relu", "hard_sigmoid",
      "hard_swish", "silu",    "gelu",     "gelu_tanh",  "elu",
      "selu",       "celu",    "softplus", "softsign",   "thresholded_relu",
      "floor",      "ceil",    "round",    "sign"};
  const auto index = static_cast<std::size_t>(function);
  return index < kUnaryFunctions ? kNames[index] : "?";
}

const char* to_string(BinaryFunction function) {
  constexpr const char* kNames[kBinaryFunctions] = {"add", "sub", "mul", "div", "min", "max", "pow", "prelu"};
  const auto index = static_cast<std::size_t>(function);
  return index < kBinaryFunctions ? kNames[index] : "?";
}

const char* to_string(Reduction reduction) {
  constexpr const char* kNames[kReductions] = {"max", "sum", "min", "prod", "sum_square", "sum_abs"};
  const auto index = static_cast<std::size_t>(reduction);
  return index < kReductions ? kNames[index] : "?";
}

}  // namespace nnp::numerics
