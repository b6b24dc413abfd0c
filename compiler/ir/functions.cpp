// SPDX-License-Identifier: Apache-2.0
// Names of the functions.
#include "compiler/ir/functions.h"

namespace nnp::ir {

bool has_own_op(UnaryFunction function) {
  return function == UnaryFunction::identity || function == UnaryFunction::relu ||
         function == UnaryFunction::clip || function == UnaryFunction::sigmoid ||
         function == UnaryFunction::tanh;
}

bool has_own_op(BinaryFunction function) {
  return function == BinaryFunction::add || function == BinaryFunction::mul;
}

const char* onnx_name(UnaryFunction function) {
  switch (function) {
    case UnaryFunction::identity:
      return "Identity";
    case UnaryFunction::neg:
      return "Neg";
    case UnaryFunction::abs:
      return "Abs";
    case UnaryFunction::sqrt:
      return "Sqrt";
    case UnaryFunction::reciprocal:
      return "Reciprocal";
    case UnaryFunction::rsqrt:
      return "Rsqrt";
    case UnaryFunction::exp:
      return "Exp";
    case UnaryFunction::log:
      return "Log";
    case UnaryFunction::erf:
      return "Erf";
    case UnaryFunction::relu:
      return "Relu";
    case UnaryFunction::clip:
      return "Clip";
    case UnaryFunction::sigmoid:
      return "Sigmoid";
    case UnaryFunction::tanh:
      return "Tanh";
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
    case UnaryFunction::floor:
      return "Floor";
    case UnaryFunction::ceil:
      return "Ceil";
    case UnaryFunction::round:
      return "Round";
    case UnaryFunction::sign:
      return "Sign";
  }
  return "?";
}

const char* onnx_name(BinaryFunction function) {
  switch (function) {
    case BinaryFunction::add:
      return "Add";
    case BinaryFunction::sub:
      return "Sub";
    case BinaryFunction::mul:
      return "Mul";
    case BinaryFunction::div:
      return "Div";
    case BinaryFunction::min:
      return "Min";
    case BinaryFunction::max:
      return "Max";
    case BinaryFunction::pow:
      return "Pow";
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
