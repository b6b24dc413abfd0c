// SPDX-License-Identifier: Apache-2.0
// Which function of the vector unit (isa/numerics/functions.h) a node is.
#pragma once

#include <optional>

#include "compiler/ir/graph.h"
#include "isa/numerics/functions.h"

namespace nnp::ir {

struct UnaryCall {
  numerics::UnaryFunction function = numerics::UnaryFunction::identity;
  float alpha = 0, beta = 0;
};
/// Relu, Clip (constant bounds), Sigmoid, Tanh and the family `unary`; nothing where the unit has none.
std::optional<UnaryCall> unary_call(const Graph&, const Node&);

/// Add, Mul and the family `binary`.
std::optional<numerics::BinaryFunction> binary_call(const Node&);

struct ReduceCall {
  numerics::Reduction reduction = numerics::Reduction::sum;
  bool divides = false;  // by the number of elements
};
std::optional<ReduceCall> reduce_call(const Node&);

}  // namespace nnp::ir
