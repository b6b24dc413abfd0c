// SPDX-License-Identifier: Apache-2.0
// Functions of one operand and products over axes, as shape arithmetic has them.
#include <cmath>

#include "compiler/frontend/folding/folding.h"

namespace nnp::compiler::folding {

using ir::DType;
using ir::Tensor;

Tensor function(const Call& call) {
  const std::string& op = call.node.op;
  Tensor result = call.value(0);
  if (result.type() == DType::i64 && (op == "Neg" || op == "Abs")) {
    for (std::int64_t& x : result.data<std::int64_t>()) {
      if (op == "Neg" || x < 0) x = static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(x));
    }
    return result;
  }
  if (result.type() != DType::f32) throw LeftAlone{};
  for (float& x : result.data<float>()) {
    x = op == "Neg"     ? -x
        : op == "Abs"   ? std::abs(x)
        : op == "Floor" ? std::floor(x)
        : op == "Ceil"  ? std::ceil(x)
                        : std::sqrt(x);
  }
  return result;
}

/// ReduceProd and ReduceSum of a whole vector, as exporters count elements.
Tensor reduce(const Call& call) {
  const Tensor& x = call.value(0);
  if (x.type() != DType::i64 || x.shape().size() != 1) throw LeftAlone{};
  std::uint64_t result = call.node.op == "ReduceProd" ? 1 : 0;
  for (const std::int64_t value : x.data<std::int64_t>()) {
    if (call.node.op == "ReduceProd")
      result *= static_cast<std::uint64_t>(value);
    else
      result += static_cast<std::uint64_t>(value);
  }
  const auto total = static_cast<std::int64_t>(result);
  const bool keeps = call.node.integer("keepdims", 1) != 0;
  return Tensor::of<std::int64_t>(keeps ? ir::Shape{1} : ir::Shape{}, {&total, 1});
}

}  // namespace nnp::compiler::folding
