// SPDX-License-Identifier: Apache-2.0
// Inside shape arithmetic: a node with its known inputs, and one function an operator.
#pragma once

#include <fmt/format.h>

#include "compiler/frontend/shape_arithmetic.h"
#include "compiler/frontend/shape_functions.h"

namespace nnp::compiler::folding {

/// Thrown where a result has more than kLargestFoldedTensor elements or a type that shapes do not have: then
/// the node is left alone.
struct LeftAlone {};

struct Call {
  const OnnxNode& node;
  const std::vector<KnownInput>& inputs;

  bool has(std::size_t i) const { return i < inputs.size() && inputs[i].shape != nullptr; }
  const ir::Tensor& value(std::size_t i) const {
    if (!has(i)) refuse(node, fmt::format("input {} is missing", i));
    return *inputs[i].value;
  }
  const ir::Shape& shape(std::size_t i) const {
    if (!has(i)) refuse(node, fmt::format("input {} is missing", i));
    return *inputs[i].shape;
  }
  std::vector<std::int64_t> integers(std::size_t i) const { return integers_of(node, value(i)); }
  /// An operand that older operator sets keep in an attribute and newer ones in an input.
  std::vector<std::int64_t> list(std::size_t i, const std::string& attribute) const {
    if (has(i)) return integers(i);
    return node.integers(attribute, {});
  }
};

ir::Tensor make_tensor(ir::DType, ir::Shape);  // zeros
ir::Tensor of_integers(const std::vector<std::int64_t>&);
/// Broadcast to a shape that `broadcast` gave.
ir::Tensor expand_to(const ir::Tensor&, const ir::Shape&);

// moves.cpp: elements stay what they are
ir::Tensor gather(const Call&);
ir::Tensor concat(const Call&);
ir::Tensor slice(const Call&);
ir::Tensor squeeze(const Call&);
ir::Tensor unsqueeze(const Call&);
ir::Tensor reshape(const Call&);
ir::Tensor identity(const Call&);
ir::Tensor constant_of_shape(const Call&);
ir::Tensor expand(const Call&);
ir::Tensor tile(const Call&);
ir::Tensor transpose(const Call&);
ir::Tensor scatter_nd(const Call&);

// values.cpp: new elements
ir::Tensor constant(const Call&);
ir::Tensor shape_of(const Call&);
ir::Tensor size_of_value(const Call&);
ir::Tensor cast(const Call&);
ir::Tensor range(const Call&);
ir::Tensor arithmetic(const Call&);
ir::Tensor where(const Call&);

// logic.cpp: comparisons and logic, results b8
ir::Tensor compare(const Call&);
ir::Tensor logic(const Call&);
ir::Tensor logical_not(const Call&);

// functions.cpp: functions of one operand, reductions, QuantizeLinear (of weights kept as floats)
ir::Tensor function(const Call&);
ir::Tensor reduce(const Call&);
ir::Tensor quantize(const Call&);

}  // namespace nnp::compiler::folding
