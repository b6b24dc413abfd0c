// SPDX-License-Identifier: Apache-2.0
// Functions of real numbers that the vector unit has, the same bits on every host: arguments and results are
// binary32. Exact ones (neg, sqrt, div, ...) are one IEEE operation; the others are evaluated in binary64 by
// the series of series.h and rounded once, never by the host's mathematics library. Each result is at most
// one unit in the last place, or 2^-48, from the true value (functions_test).
#pragma once

#include <cstddef>
#include <cstdint>

namespace nnp::numerics {

/// The numbers are those of the descriptor word `function`: append only.
enum class UnaryFunction : std::uint8_t {
  identity,
  neg,
  abs,
  sqrt,
  reciprocal,  // 1 / x
  rsqrt,       // 1 / sqrt(x)
  exp,
  log,
  erf,
  relu,     // NaN stays
  clip,     // min(max(x, alpha), beta)
  sigmoid,  // 1 / (1 + exp(-x))
  tanh,
  leaky_relu,        // x < 0 ? alpha x : x
  hard_sigmoid,      // min(max(alpha x + beta, 0), 1)
  hard_swish,        // x min(max(x / 6 + 1/2, 0), 1)
  silu,              // x / (1 + exp(-x))
  gelu,              // x (1 + erf(x / sqrt 2)) / 2
  gelu_tanh,         // x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2
  elu,               // x < 0 ? alpha (exp(x) - 1) : x
  selu,              // x > 0 ? beta x : beta alpha (exp(x) - 1); beta is ONNX's gamma
  celu,              // max(x, 0) + min(0, alpha (exp(x / alpha) - 1))
  softplus,          // log(1 + exp(x))
  softsign,          // x / (1 + |x|)
  thresholded_relu,  // x > alpha ? x : 0
  floor,
  ceil,
  round,  // half to even
  sign,
};
inline constexpr unsigned kUnaryFunctions = static_cast<unsigned>(UnaryFunction::sign) + 1;

enum class BinaryFunction : std::uint8_t {
  add,
  sub,
  mul,
  div,
  min,
  max,
  pow,    // whole exponents up to 64 by repeated multiplication in binary64, others by exp and log
  prelu,  // a < 0 ? a b : a
};
inline constexpr unsigned kBinaryFunctions = static_cast<unsigned>(BinaryFunction::prelu) + 1;

/// How a row becomes one number: in binary64 by ascending index, divided by a divisor, rounded once.
enum class Reduction : std::uint8_t { max, sum, min, prod, sum_square, sum_abs };
inline constexpr unsigned kReductions = static_cast<unsigned>(Reduction::sum_abs) + 1;

const char* to_string(UnaryFunction);  // in words of this file
const char* to_string(BinaryFunction);
const char* to_string(Reduction);

float unary(UnaryFunction, float x, float alpha = 0, float beta = 0);
float binary(BinaryFunction, float a, float b);

/// y[i] = f(x[i]); x and y may be the same.
void unary(UnaryFunction, const float* x, float* y, std::size_t n, float alpha = 0, float beta = 0);
/// y[i] = f(a[i a_step], b[i b_step]); a step of 0 repeats one element. y may be a or b.
void binary(BinaryFunction, const float* a, std::size_t a_step, const float* b, std::size_t b_step, float* y,
            std::size_t n);
/// Of x[0], x[step], ...; n > 0. A NaN among max's or min's operands may be passed over.
float reduce(Reduction, const float* x, std::size_t step, std::size_t n, double divisor = 1);

}  // namespace nnp::numerics
