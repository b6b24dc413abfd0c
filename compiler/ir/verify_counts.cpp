// SPDX-License-Identifier: Apache-2.0
// verify(): what each operator takes.
#include <type_traits>

#include "compiler/ir/verify_rules.h"

namespace nnp::ir {
namespace {

constexpr std::size_t kAny = kAnyAttributes, kMany = 1 << 16;

template <typename T, std::size_t I = 0>
constexpr std::size_t kind() {
  if constexpr (std::is_same_v<std::variant_alternative_t<I, Attributes>, T>)
    return I;
  else
    return kind<T, I + 1>();
}

}  // namespace

OpRule rule_of(Op op) {
  switch (op) {
    case Op::conv:
      return {2, 3, 1, kind<ConvAttributes>()};
    case Op::max_pool:
    case Op::average_pool:
      return {1, 1, 1, kind<PoolAttributes>()};
    case Op::gemm:
      return {2, 3, 1, kind<GemmAttributes>()};
    case Op::lstm:
      return {3, 8, 3, kind<LstmAttributes>()};
    case Op::rnn:
    case Op::gru:
      return {3, 6, 2, kind<RecurrentAttributes>()};
    case Op::transpose:
      return {1, 1, 1, kind<TransposeAttributes>()};
    case Op::softmax:
      return {1, 2, 1, kind<AxisAttributes>()};
    case Op::gather:
      return {2, 2, 1, kind<AxisAttributes>()};
    case Op::matmul:
    case Op::add:
    case Op::mul:
      return {2, 2, 1, kAny};
    case Op::clip:
    case Op::quantize_linear:
    case Op::dequantize_linear:
    case Op::cast:
      return {1, 3, 1, kAny};
    case Op::reshape:
    case Op::squeeze:
    case Op::unsqueeze:
      return {1, 2, 1, kAny};
    case Op::batch_normalization:
      return {5, 5, 1, kAny};
    case Op::relu:
    case Op::sigmoid:
    case Op::tanh:
    case Op::global_average_pool:
    case Op::flatten:
    case Op::identity:
    case Op::expand:
      return {1, 1, 1, kAny};
    case Op::unary:
      return {1, 1, 1, kind<UnaryAttributes>()};
    case Op::binary:
      return {2, 2, 1, kind<BinaryAttributes>()};
    case Op::reduce:
      return {1, 1, 1, kind<ReduceAttributes>()};
    case Op::concat:
      return {1, kMany, 1, kind<AxisAttributes>()};
    case Op::slice:
      return {1, 1, 1, kind<SliceAttributes>()};
    case Op::pad:
      return {1, 1, 1, kind<PadAttributes>()};
    case Op::where:
      return {3, 3, 1, kAny};
    case Op::resize:
      return {1, 1, 1, kind<ResizeAttributes>()};
    case Op::conv_transpose:
      return {2, 3, 1, kind<ConvTransposeAttributes>()};
    case Op::lrn:
      return {1, 1, 1, kind<LrnAttributes>()};
    case Op::instance_normalization:
      return {3, 3, 1, kind<NormalizationAttributes>()};
    case Op::layer_normalization:
      return {2, 3, 3, kind<NormalizationAttributes>()};
    case Op::onnx:
      return {0, kMany, kMany, kind<OnnxAttributes>()};
  }
  return {0, 0, 0, kAny};
}

}  // namespace nnp::ir
