// SPDX-License-Identifier: Apache-2.0
// Names of the functions.
#include "compiler/ir/functions.h"

namespace nnp::ir {

const char* onnx_name(UnaryFunction function) {
  switch (function) {
    case UnaryFunction::neg:
      return "Neg";
    case UnaryFunction::abs:
      return "Abs";
    case UnaryFunction::sqrt:
      return "Sqrt";
    case UnaryFunction::exp:
      return "Exp";
    case UnaryFunction::log:
      return "Log";
    case UnaryFunction::erf:
      return "Erf";
    case UnaryFunction::reciprocal:
      return "Reciprocal";
    case UnaryFunction::sign:
      return "Sign";
    case UnaryFunction::floor:
      return "Floor";
    case UnaryFunction::ceil:
      return "Ceil";
    case UnaryFunction::round:
      return "Round";
    case UnaryFunction::sin:
      return "Sin";
    case UnaryFunction::cos:
      return "Cos";
    case UnaryFunction::tan:
      return "Tan";
    case UnaryFunction::asin:
      return "Asin";
    case UnaryFunction::acos:
      return "Acos";
    case UnaryFunction::atan:
      return "Atan";
    case UnaryFunction::sinh:
      return "Sinh";
    case UnaryFunction::cosh:
      return "Cosh";
    case UnaryFunction::asinh:
      return "Asinh";
    case UnaryFunction::acosh:
      return "Acosh";
    case UnaryFunction::atanh:
      return "Atanh";
    case UnaryFunction::leaky_relu:
      return "LeakyRelu";
    case UnaryFunction::hard_sigmoid:
      return "HardSigmoid";
    case UnaryFunction::hard_swish:
      return "HardSwish";
    case UnaryFunction::silu:
      return "Silu";
    case UnaryFunction::gelu:
      return "Gelu";
    case UnaryFunction::gelu_tanh:
      return "GeluTanh";
    case UnaryFunction::elu:
      return "Elu";
    case UnaryFunction::selu:
      return "Selu";
    case UnaryFunction::celu:
      return "Celu";
    case UnaryFunction::softplus:
      return "Softplus";
    case UnaryFunction::softsign:
      return "Softsign";
    case UnaryFunction::thresholded_relu:
      return "ThresholdedRelu";
    case UnaryFunction::shrink:
      return "Shrink";
  }
  return "?";
}

const char* onnx_name(BinaryFunction function) {
  switch (function) {
    case BinaryFunction::sub:
      return "Sub";
    case BinaryFunction::div:
      return "Div";
    case BinaryFunction::pow:
      return "Pow";
    case BinaryFunction::min:
      return "Min";
    case BinaryFunction::max:
      return "Max";
    case BinaryFunction::prelu:
      return "PRelu";
  }
  return "?";
}

const char* onnx_name(ReduceFunction function) {
  switch (function) {
    case ReduceFunction::mean:
      return "ReduceMean";
    case ReduceFunction::sum:
      return "ReduceSum";
    case ReduceFunction::max:
      return "ReduceMax";
    case ReduceFunction::min:
      return "ReduceMin";
    case ReduceFunction::prod:
      return "ReduceProd";
    case ReduceFunction::l1:
      return "ReduceL1";
    case ReduceFunction::l2:
      return "ReduceL2";
    case ReduceFunction::sum_square:
      return "ReduceSumSquare";
    case ReduceFunction::log_sum:
      return "ReduceLogSum";
    case ReduceFunction::log_sum_exp:
      return "ReduceLogSumExp";
  }
  return "?";
}

}  // namespace nnp::ir
