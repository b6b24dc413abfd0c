// SPDX-License-Identifier: Apache-2.0
// Normalisations, and Dropout as identity.
#include <fmt/format.h>

#include "compiler/frontend/ops/ops.h"
#include "compiler/frontend/shape_functions.h"

namespace nnp::compiler {

/// The IR's BatchNormalization has no epsilon: it is added to the variance here.
void import_batch_normalization(GraphBuilder& builder, const OnnxNode& node) {
  static constexpr const char* kNames[] = {"", "scale", "B", "mean", "var"};
  if (node.integer("training_mode", 0) != 0)
    refuse(node, "training_mode is not supported; export the model for inference");
  if (node.integer("spatial", 1) == 0) refuse(node, "spatial = 0 is not supported");
  builder.refuse_other_outputs(node);
  builder.expect_float(node, 0);
  const ir::Shape& shape = builder.input_shape(node, 0);
  if (shape.size() < 2)
    refuse(node, fmt::format("input has shape {}; it needs a channel axis", describe(shape)));
  std::vector<ir::ValueId> inputs{builder.input(node, 0)};
  const float epsilon = node.number("epsilon", 1e-5f);
  for (std::size_t i = 1; i < 5; ++i) {
    builder.expect_float(node, i, 1);
    if (const ir::Shape& parameter = builder.input_shape(node, i); parameter != ir::Shape{shape[1]})
      refuse(node, fmt::format("{} has shape {} for {} channels", kNames[i], describe(parameter), shape[1]));
    if (i < 4) {
      inputs.push_back(builder.input(node, i));
    } else if (const ir::Tensor* tensor = builder.constant(node, i)) {
      ir::Tensor variance = *tensor;
      for (float& value : variance.data<float>()) value += epsilon;
      inputs.push_back(builder.add_constant(node.outputs[0] + ".variance", std::move(variance)));
    } else {
      const ir::ValueId addend =
          builder.add_constant(node.outputs[0] + ".epsilon", ir::Tensor::of<float>({}, {&epsilon, 1}));
      inputs.push_back(builder.emit_inner(node, {".variance", ".variance"}, ir::Op::add,
                                          {builder.input(node, i), addend}, {shape[1]}));
    }
  }
  builder.emit(node, ir::Op::batch_normalization, std::move(inputs));
}

/// The mask, if read, is all ones: nothing is dropped.
/// A ratio of 0 drops nothing, in training too (PyTorch's functional form, as Swin has it).
static bool drops_nothing(GraphBuilder& builder, const OnnxNode& node) {
  if (!node.has_input(1)) return false;  // ONNX's default is 0.5
  const ir::Tensor& ratio = builder.required_constant(node, 1, "ratio");
  return ratio.type() == ir::DType::f32 && ratio.size() == 1 && ratio.data<float>()[0] == 0;
}

void import_dropout(GraphBuilder& builder, const OnnxNode& node) {
  if (node.has_input(2) && !drops_nothing(builder, node)) {  // training_mode, since operator set 12
    const ir::Tensor& training = builder.required_constant(node, 2, "training_mode");
    if (training.size() != 1 || training.bytes()[0] != 0)
      refuse(node, "training_mode is not supported; export the model for inference");
  }
  if (builder.wants(node, 1)) {
    const OnnxType& type = builder.output(node, 1);
    ir::Tensor mask(type.type, type.shape);
    ir::with_element_type(type.type, [&](auto element) {
      using T = decltype(element);
      for (T& value : mask.data<T>()) value = static_cast<T>(1);
    });
    builder.emit(node, ir::Op::identity, {builder.add_constant(node.outputs[1] + ".ones", std::move(mask))},
                 {}, ".mask", 1);
  }
  if (builder.wants(node, 0)) builder.emit(node, ir::Op::identity, {builder.input(node, 0)});
}

void import_instance_normalization(GraphBuilder& builder, const OnnxNode& node) {
  builder.expect_float(node, 0);
  builder.emit(node, ir::Op::instance_normalization,
               {builder.input(node, 0), builder.input(node, 1), builder.input(node, 2)},
               ir::NormalizationAttributes{2, node.number("epsilon", 1e-5f)});
}

void import_layer_normalization(GraphBuilder& builder, const OnnxNode& node) {
  builder.expect_float(node, 0);
  const std::size_t axis = resolve_axis(node, node.integer("axis", -1), builder.input_shape(node, 0).size());
  std::vector<ir::ValueId> inputs{builder.input(node, 0), builder.input(node, 1)}, outputs;
  if (node.has_input(2)) inputs.push_back(builder.input(node, 2));
  for (std::size_t i = 0; i < node.outputs.size(); ++i)
    outputs.push_back(i == 0 || builder.wants(node, i) ? builder.add_output(node, i) : ir::kNoValue);
  builder.add_node(
      node, "", ir::Op::layer_normalization, std::move(inputs), std::move(outputs),
      ir::NormalizationAttributes{static_cast<std::int64_t>(axis), node.number("epsilon", 1e-5f)});
}

void import_lrn(GraphBuilder& builder, const OnnxNode& node) {
  builder.expect_float(node, 0);
  ir::LrnAttributes attributes;
  attributes.size = node.integer("size", 1);
  attributes.alpha = node.number("alpha", attributes.alpha);
  attributes.beta = node.number("beta", attributes.beta);
  attributes.bias = node.number("bias", attributes.bias);
  builder.emit(node, ir::Op::lrn, {builder.input(node, 0)}, attributes);
}

}  // namespace nnp::compiler
