// SPDX-License-Identifier: Apache-2.0
// Functions of one element or of two, with NumPy broadcasting, by their names in ONNX.
#include <algorithm>

#include "compiler/frontend/ops/ops.h"
#include "compiler/frontend/shape_functions.h"

namespace nnp::compiler {
namespace {

using ir::BinaryFunction;
using ir::UnaryFunction;

struct UnaryRow {
  const char* op;
  UnaryFunction function;
  float alpha = 0, beta = 0;  // ONNX's defaults, of "alpha" and `beta_key`
  const char* beta_key = "beta";
};
constexpr UnaryRow kUnary[] = {
    {"Neg", UnaryFunction::neg},
    {"Abs", UnaryFunction::abs},
    {"Sqrt", UnaryFunction::sqrt},
    {"Reciprocal", UnaryFunction::reciprocal},
    {"Exp", UnaryFunction::exp},
    {"Log", UnaryFunction::log},
    {"Erf", UnaryFunction::erf},
    {"Floor", UnaryFunction::floor},
    {"Ceil", UnaryFunction::ceil},
    {"Round", UnaryFunction::round},
    {"Sign", UnaryFunction::sign},
    {"LeakyRelu", UnaryFunction::leaky_relu, 0.01f},
    {"HardSigmoid", UnaryFunction::hard_sigmoid, 0.2f, 0.5f},
    {"HardSwish", UnaryFunction::hard_swish},
    {"Elu", UnaryFunction::elu, 1},
    {"Selu", UnaryFunction::selu, 1.67326319217681884765625f, 1.05070102214813232421875f, "gamma"},
    {"Celu", UnaryFunction::celu, 1},
    {"Softplus", UnaryFunction::softplus},
    {"Softsign", UnaryFunction::softsign},
    {"ThresholdedRelu", UnaryFunction::thresholded_relu, 1},
};

struct BinaryRow {
  const char* op;
  BinaryFunction function;
};
constexpr BinaryRow kBinary[] = {
    {"Sub", BinaryFunction::sub}, {"Div", BinaryFunction::div}, {"Pow", BinaryFunction::pow},
    {"Min", BinaryFunction::min}, {"Max", BinaryFunction::max}, {"PRelu", BinaryFunction::prelu},
};

/// The operator of a two-operand node, with its attributes.
std::pair<ir::Op, ir::Attributes> pairwise(const OnnxNode& node) {
  if (node.op == "Add" || node.op == "Sum" || node.op == "Mean") return {ir::Op::add, {}};
  if (node.op == "Mul") return {ir::Op::mul, {}};
  const auto row = std::ranges::find_if(kBinary, [&](const BinaryRow& r) { return node.op == r.op; });
  return {ir::Op::binary, ir::BinaryAttributes{row->function}};
}

}  // namespace

void import_unary(GraphBuilder& builder, const OnnxNode& node) {
  const auto row = std::ranges::find_if(kUnary, [&](const UnaryRow& r) { return node.op == r.op; });
  ir::UnaryAttributes attributes{row->function, 0, 0};
  if (row->alpha != 0) attributes.alpha = node.number("alpha", row->alpha);
  if (row->beta != 0) attributes.beta = node.number(row->beta_key, row->beta);
  builder.emit(node, ir::Op::unary, {builder.input(node, 0)}, attributes);
}

void import_binary(GraphBuilder& builder, const OnnxNode& node) {
  if (builder.input_type(node, 0) != builder.input_type(node, 1)) return builder.emit_on_host(node);  // Pow
  auto [op, attributes] = pairwise(node);
  builder.emit(node, op, {builder.input(node, 0), builder.input(node, 1)}, std::move(attributes));
}

/// Min, Max, Sum, Mean of any number of operands: a chain from the left. Mean multiplies by 1 / n.
void import_variadic(GraphBuilder& builder, const OnnxNode& node) {
  const std::size_t count = node.inputs.size();
  const bool is_mean = node.op == "Mean" && count > 1;
  if (count == 1) return builder.emit(node, ir::Op::identity, {builder.input(node, 0)});
  const auto [op, attributes] = pairwise(node);
  ir::ValueId total = builder.input(node, 0);
  ir::Shape shape = builder.input_shape(node, 0);
  for (std::size_t i = 1; i < count; ++i) {
    shape = broadcast(node, shape, builder.input_shape(node, i));
    const std::vector<ir::ValueId> operands{total, builder.input(node, i)};
    if (i + 1 == count && !is_mean) return builder.emit(node, op, operands, attributes);
    const std::string suffix = "." + std::to_string(i);
    total = builder.emit_inner(node, {suffix, suffix}, op, operands, shape, attributes,
                               builder.input_type(node, 0));
  }
  builder.expect_float(node, 0);
  const float share = 1 / static_cast<float>(count);
  builder.emit(
      node, ir::Op::mul,
      {total, builder.add_constant(node.outputs[0] + ".share", ir::Tensor::of<float>({}, {&share, 1}))});
}

void import_where(GraphBuilder& builder, const OnnxNode& node) {
  builder.emit(node, ir::Op::where, {builder.input(node, 0), builder.input(node, 1), builder.input(node, 2)});
}

}  // namespace nnp::compiler
