// SPDX-License-Identifier: Apache-2.0
// The functions of the families unary, binary and reduce, and their ONNX names.
#pragma once

#include <cstdint>

namespace nnp::ir {

enum class UnaryFunction : std::uint8_t {
  neg,
  abs,
  sqrt,
  exp,
  log,
  erf,
  reciprocal,
  sign,
  floor,
  ceil,
  round,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  asinh,
  acosh,
  atanh,
  leaky_relu,
  hard_sigmoid,
  hard_swish,
  silu,
  gelu,
  gelu_tanh,
  elu,
  selu,
  celu,
  softplus,
  softsign,
  thresholded_relu,
  shrink,
};
inline constexpr UnaryFunction kLastUnaryFunction = UnaryFunction::shrink;

enum class BinaryFunction : std::uint8_t { sub, div, pow, min, max, prelu };
inline constexpr BinaryFunction kLastBinaryFunction = BinaryFunction::prelu;

enum class ReduceFunction : std::uint8_t {
  mean,
  sum,
  max,
  min,
  prod,
  l1,
  l2,
  sum_square,
  log_sum,
  log_sum_exp,
};
inline constexpr ReduceFunction kLastReduceFunction = ReduceFunction::log_sum_exp;

/// ONNX's name; Silu, Gelu and GeluTanh, which ONNX writes as several nodes, have their usual one.
const char* onnx_name(UnaryFunction);
const char* onnx_name(BinaryFunction);
const char* onnx_name(ReduceFunction);

}  // namespace nnp::ir
