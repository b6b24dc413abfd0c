// SPDX-License-Identifier: Apache-2.0
// LSTM: forward, default activations, layout [T, B, I]. ONNX's Y [T, 1, B, H] is a Reshape of the IR's [T, B,
// H], so that the Squeeze which exporters put behind it cancels.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/frontend/ops/ops.h"
#include "compiler/frontend/shape_functions.h"

namespace nnp::compiler {
namespace {

void expect_shape(const GraphBuilder& builder, const OnnxNode& node, std::size_t i, const char* name,
                  const ir::Shape& wanted) {
  const ir::Shape& shape = builder.required_constant(node, i, name).shape();
  builder.expect_float(node, i);
  if (shape != wanted)
    refuse(node, fmt::format("{} has shape {}; expected {}", name, describe(shape), describe(wanted)));
}

void check_attributes(const OnnxNode& node) {
  if (const auto direction = node.text("direction", "forward"); direction != "forward") {
    refuse(node, fmt::format("direction '{}' is not supported; only forward", direction));
  }
  if (node.integer("layout", 0) != 0) refuse(node, "layout 1 (batch first) is not supported; only 0");
  if (node.integer("input_forget", 0) != 0) refuse(node, "input_forget is not supported");
  for (const char* key : {"clip", "activation_alpha", "activation_beta"}) {
    if (node.has_attribute(key)) refuse(node, fmt::format("attribute '{}' is not supported", key));
  }
  if (const auto names = node.text("activations", "Sigmoid,Tanh,Tanh"); names != "Sigmoid,Tanh,Tanh") {
    refuse(node, fmt::format("activations {} are not supported; only Sigmoid, Tanh, Tanh", names));
  }
}

/// Lengths are accepted where they say what the shape says.
void check_lengths(const GraphBuilder& builder, const OnnxNode& node, std::int64_t steps) {
  if (!node.has_input(4)) return;
  const auto lengths = integers_of(node, builder.required_constant(node, 4, "sequence_lens"));
  if (std::ranges::any_of(lengths, [&](std::int64_t length) { return length != steps; })) {
    refuse(node, fmt::format("sequence_lens other than the whole {} steps are not supported", steps));
  }
}

/// Initial state [1, B, H]; constant zeros are the same as none.
ir::ValueId initial_state(GraphBuilder& builder, const OnnxNode& node, std::size_t i,
                          const ir::Shape& wanted) {
  if (!node.has_input(i)) return ir::kNoValue;
  builder.expect_float(node, i, 3);
  if (const ir::Shape& shape = builder.input_shape(node, i); shape != wanted) {
    refuse(node, fmt::format("initial state has shape {}; expected {}", describe(shape), describe(wanted)));
  }
  const ir::Tensor* tensor = builder.constant(node, i);
  const bool zero =
      tensor != nullptr && std::ranges::all_of(tensor->data<float>(), [](float v) { return v == 0; });
  return zero ? ir::kNoValue : builder.input(node, i);
}

}  // namespace

void import_lstm(GraphBuilder& builder, const OnnxNode& node) {
  check_attributes(node);
  for (std::size_t i = 1; i < node.outputs.size(); ++i) {
    if (node.outputs[i].empty() || !builder.is_used(node.outputs[i])) continue;
    refuse(node, fmt::format("output {} ('{}') is used; only Y, the sequence of hidden states, is supported",
                             i == 1 ? "Y_h" : "Y_c", node.outputs[i]));
  }
  if (node.outputs.empty() || node.outputs[0].empty()) return;
  builder.expect_float(node, 0, 3);
  const ir::Shape& x = builder.input_shape(node, 0);
  const ir::Shape& recurrence = builder.required_constant(node, 2, "R").shape();
  const std::int64_t hidden = node.integer("hidden_size", recurrence.empty() ? 0 : recurrence.back());
  expect_shape(builder, node, 1, "W", {1, 4 * hidden, x[2]});
  expect_shape(builder, node, 2, "R", {1, 4 * hidden, hidden});
  if (node.has_input(3)) expect_shape(builder, node, 3, "B", {1, 8 * hidden});
  check_lengths(builder, node, x[0]);
  if (node.has_input(7)) refuse(node, "peephole weights (P) are not supported");

  const ir::Shape state{1, x[1], hidden};
  std::vector<ir::ValueId> inputs;
  for (std::size_t i = 0; i < 4; ++i) inputs.push_back(builder.input(node, i));
  inputs.push_back(ir::kNoValue);
  inputs.push_back(initial_state(builder, node, 5, state));
  inputs.push_back(initial_state(builder, node, 6, state));
  ir::LstmAttributes attributes;
  attributes.hidden_size = hidden;
  const ir::ValueId sequence = builder.emit_inner(node, {"", ".sequence"}, ir::Op::lstm, std::move(inputs),
                                                  {x[0], x[1], hidden}, attributes);
  builder.emit(node, ir::Op::reshape, {sequence}, {}, ".shape");
}

}  // namespace nnp::compiler
