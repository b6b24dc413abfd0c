// SPDX-License-Identifier: Apache-2.0
// Comparisons and logic of shape arithmetic.
#include "compiler/frontend/folding/folding.h"

namespace nnp::compiler::folding {
namespace {

using ir::DType;
using ir::Tensor;

template <typename T, typename F>
Tensor by_element(const Call& call, F f) {
  const ir::Shape shape = broadcast(call.node, call.shape(0), call.shape(1));
  const Tensor a = expand_to(call.value(0), shape), b = expand_to(call.value(1), shape);
  Tensor result = make_tensor(DType::b8, shape);
  for (std::size_t i = 0; i < a.size(); ++i) result.data<bool>()[i] = f(a.data<T>()[i], b.data<T>()[i]);
  return result;
}

bool holds(const std::string& op, auto a, auto b) {
  if (op == "Equal") return a == b;
  if (op == "Less") return a < b;
  if (op == "LessOrEqual") return a <= b;
  return op == "Greater" ? a > b : a >= b;
}

}  // namespace

Tensor compare(const Call& call) {
  if (call.value(0).type() != call.value(1).type()) refuse(call.node, "operands differ in type");
  return ir::with_element_type(call.value(0).type(), [&](auto element) {
    using T = decltype(element);
    return by_element<T>(call, [&](T a, T b) { return holds(call.node.op, a, b); });
  });
}

Tensor logic(const Call& call) {
  if (call.value(0).type() != DType::b8 || call.value(1).type() != DType::b8)
    refuse(call.node, "operands are not BOOL");
  const std::string& op = call.node.op;
  return by_element<bool>(call, [&](bool a, bool b) {
    return op == "And" ? a && b : op == "Or" ? a || b : a != b;
  });
}

Tensor logical_not(const Call& call) {
  if (call.value(0).type() != DType::b8) refuse(call.node, "the operand is not BOOL");
  Tensor result = call.value(0);
  for (bool& value : result.data<bool>()) value = !value;
  return result;
}

}  // namespace nnp::compiler::folding
