// SPDX-License-Identifier: Apache-2.0
// The functions of the families unary, binary and reduce, and their ONNX names. Unary and binary functions
// are those the vector unit has (isa/numerics/functions.h); any other is an Op::onnx.
#pragma once

#include <cstdint>

#include "isa/numerics/functions.h"

namespace nnp::ir {

using numerics::BinaryFunction;
using numerics::UnaryFunction;

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
  log_sum_exp
};
inline constexpr ReduceFunction kLastReduceFunction = ReduceFunction::log_sum_exp;

/// Those that are an Op of their own: Identity, Relu, Clip, Sigmoid, Tanh; Add, Mul.
bool has_own_op(UnaryFunction);
bool has_own_op(BinaryFunction);

/// ONNX's name; Rsqrt, Silu, Gelu and GeluTanh, which ONNX writes as several nodes, have their usual one.
const char* onnx_name(UnaryFunction);
const char* onnx_name(BinaryFunction);
const char* onnx_name(ReduceFunction);

}  // namespace nnp::ir
