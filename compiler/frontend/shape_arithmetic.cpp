// SPDX-License-Identifier: Apache-2.0
// The table of shape arithmetic: operator -> the function under folding/ that computes it. Plain and slow:
// these tensors have a handful of elements.
#include "compiler/frontend/shape_arithmetic.h"

#include <algorithm>

#include "compiler/frontend/folding/folding.h"

namespace nnp::compiler {
namespace {

struct Row {
  const char* op;
  ir::Tensor (*evaluate)(const folding::Call&);
  bool needs_values = true;  // false: the input's shape is enough
};
constexpr Row kTable[] = {
    {"Constant", folding::constant},
    {"Shape", folding::shape_of, false},
    {"Size", folding::size_of_value, false},
    {"Gather", folding::gather},
    {"Concat", folding::concat},
    {"Slice", folding::slice},
    {"Squeeze", folding::squeeze},
    {"Unsqueeze", folding::unsqueeze},
    {"Reshape", folding::reshape},
    {"Identity", folding::identity},
    {"Cast", folding::cast},
    {"ConstantOfShape", folding::constant_of_shape},
    {"Expand", folding::expand},
    {"Range", folding::range},
    {"Add", folding::arithmetic},
    {"Sub", folding::arithmetic},
    {"Mul", folding::arithmetic},
    {"Div", folding::arithmetic},
    {"Min", folding::arithmetic},
    {"Max", folding::arithmetic},
    {"Mod", folding::arithmetic},
    {"Pow", folding::arithmetic},
    {"Equal", folding::compare},
    {"Less", folding::compare},
    {"LessOrEqual", folding::compare},
    {"Greater", folding::compare},
    {"GreaterOrEqual", folding::compare},
    {"And", folding::logic},
    {"Or", folding::logic},
    {"Xor", folding::logic},
    {"Not", folding::logical_not},
    {"Neg", folding::function},
    {"Abs", folding::function},
    {"Floor", folding::function},
    {"Ceil", folding::function},
    {"Sqrt", folding::function},
    {"ReduceProd", folding::reduce},
    {"ReduceSum", folding::reduce},
    {"Tile", folding::tile},
    {"Transpose", folding::transpose},
    {"ScatterND", folding::scatter_nd},
    {"Where", folding::where},
    {"QuantizeLinear", folding::quantize},
};

const Row* find_row(const std::string& op) {
  const auto row = std::ranges::find_if(kTable, [&](const Row& candidate) { return op == candidate.op; });
  return row == std::end(kTable) ? nullptr : row;
}

}  // namespace

bool is_shape_arithmetic(const std::string& op) { return find_row(op) != nullptr; }

std::vector<std::string> shape_arithmetic_operators() {
  std::vector<std::string> names;
  for (const Row& row : kTable) names.emplace_back(row.op);
  return names;
}

std::optional<ir::Tensor> evaluate_shape_arithmetic(const OnnxNode& node,
                                                    const std::vector<KnownInput>& inputs) {
  const Row* row = find_row(node.op);
  if (row == nullptr) return std::nullopt;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (node.has_input(i) && (row->needs_values ? inputs[i].value == nullptr : inputs[i].shape == nullptr))
      return std::nullopt;
  }
  try {
    return row->evaluate(folding::Call{node, inputs});
  } catch (const folding::LeftAlone&) {
    return std::nullopt;
  }
}

}  // namespace nnp::compiler
