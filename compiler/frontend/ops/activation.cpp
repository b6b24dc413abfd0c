// SPDX-License-Identifier: Apache-2.0
// Relu, Clip, Sigmoid, Tanh, Softmax, LogSoftmax. A Clip's range becomes two constant inputs, whatever the
// operator set.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "compiler/frontend/ops/ops.h"
#include "compiler/frontend/shape_functions.h"

namespace nnp::compiler {
namespace {

void import_function(GraphBuilder& builder, const OnnxNode& node, ir::Op op) {
  builder.emit(node, op, {builder.input(node, 0)});
}

/// One end of a Clip, a constant of its own: an attribute up to operator set 10, an input since 11. kNoValue
/// for no limit.
ir::ValueId clip_end(GraphBuilder& builder, const OnnxNode& node, std::size_t input, const std::string& key,
                     float limit, float& value) {
  if (builder.opset() >= 11) {
    if (!node.has_input(input)) return ir::kNoValue;
    const ir::Tensor* tensor = builder.constant(node, input);
    const ir::Shape& shape = builder.input_shape(node, input);
    if (bounded_count(shape) != 1)
      refuse(node, fmt::format("{} has shape {}; it is a single number", key, describe(shape)));
    if (tensor == nullptr || tensor->type() != ir::DType::f32) return builder.input(node, input);
    value = tensor->data<float>()[0];
  } else {
    value = node.number(key, limit);
  }
  if (value == limit) return ir::kNoValue;  // the end of float
  return builder.add_constant(node.outputs[0] + "." + key, ir::Tensor::of<float>({}, {&value, 1}));
}

}  // namespace

void import_relu(GraphBuilder& builder, const OnnxNode& node) {
  import_function(builder, node, ir::Op::relu);
}
void import_sigmoid(GraphBuilder& builder, const OnnxNode& node) {
  import_function(builder, node, ir::Op::sigmoid);
}
void import_tanh(GraphBuilder& builder, const OnnxNode& node) {
  import_function(builder, node, ir::Op::tanh);
}

void import_clip(GraphBuilder& builder, const OnnxNode& node) {
  constexpr float kHighest = std::numeric_limits<float>::max();
  float lo = -kHighest, hi = kHighest;
  const ir::ValueId min = clip_end(builder, node, 1, "min", -kHighest, lo),
                    max = clip_end(builder, node, 2, "max", kHighest, hi);
  if (!(lo <= hi)) refuse(node, fmt::format("min {} and max {}: min must not be above max", lo, hi));
  builder.emit(node, ir::Op::clip, {builder.input(node, 0), min, max});
}

namespace {

void emit_softmax(GraphBuilder& builder, const OnnxNode& node, bool logarithm) {
  builder.expect_float(node, 0);
  const ir::Shape& shape = builder.input_shape(node, 0);
  const bool flattens = builder.opset() < 13;  // then the input is seen as [before axis, from axis on]
  const std::size_t axis = resolve_axis(node, node.integer("axis", flattens ? 1 : -1), shape.size());
  const ir::UnaryAttributes log{ir::UnaryFunction::log, 0, 0};
  if (!flattens || axis + 1 == shape.size()) {
    const ir::AxisAttributes attributes{static_cast<std::int64_t>(axis)};
    if (!logarithm) return builder.emit(node, ir::Op::softmax, {builder.input(node, 0)}, attributes);
    const ir::ValueId result = builder.emit_inner(node, {".softmax", ".softmax"}, ir::Op::softmax,
                                                  {builder.input(node, 0)}, shape, attributes);
    return builder.emit(node, ir::Op::unary, {result}, log);
  }
  const auto middle = shape.begin() + static_cast<std::ptrdiff_t>(axis);
  const ir::Shape matrix{bounded_count({shape.begin(), middle}), bounded_count({middle, shape.end()})};
  const ir::ValueId flat =
      builder.emit_inner(node, {".flat", ".flat"}, ir::Op::reshape, {builder.input(node, 0)}, matrix);
  ir::ValueId result =
      builder.emit_inner(node, {"", ".rows"}, ir::Op::softmax, {flat}, matrix, ir::AxisAttributes{1});
  if (logarithm) result = builder.emit_inner(node, {".log", ".log"}, ir::Op::unary, {result}, matrix, log);
  builder.emit(node, ir::Op::reshape, {result}, {}, ".shape");
}

}  // namespace

void import_softmax(GraphBuilder& builder, const OnnxNode& node) { emit_softmax(builder, node, false); }
void import_log_softmax(GraphBuilder& builder, const OnnxNode& node) { emit_softmax(builder, node, true); }

}  // namespace nnp::compiler
