// SPDX-License-Identifier: Apache-2.0
// What differs between training and inference: BatchNormalization with running statistics, Dropout as
// identity.
#include <fmt/format.h>

#include "compiler/frontend/ops/ops.h"

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
  for (std::size_t i = 1; i < 5; ++i) {
    const ir::Tensor& tensor = builder.required_constant(node, i, kNames[i]);
    builder.expect_float(node, i, 1);
    if (tensor.shape() != ir::Shape{shape[1]}) {
      refuse(node,
             fmt::format("{} has shape {} for {} channels", kNames[i], describe(tensor.shape()), shape[1]));
    }
    if (i < 4) {
      inputs.push_back(builder.input(node, i));
      continue;
    }
    ir::Tensor variance = tensor;
    for (float& value : variance.data<float>()) value += node.number("epsilon", 1e-5f);
    inputs.push_back(builder.add_constant(node.outputs[0] + ".variance", std::move(variance)));
  }
  builder.emit(node, ir::Op::batch_normalization, std::move(inputs));
}

void import_dropout(GraphBuilder& builder, const OnnxNode& node) {
  builder.expect_float(node, 0);
  builder.refuse_other_outputs(node);
  if (node.has_input(2)) {  // training_mode, since operator set 12
    const ir::Tensor& training = builder.required_constant(node, 2, "training_mode");
    if (training.size() != 1 || training.bytes()[0] != 0)
      refuse(node, "training_mode is not supported; export the model for inference");
  }
  builder.emit(node, ir::Op::identity, {builder.input(node, 0)});
}

}  // namespace nnp::compiler
