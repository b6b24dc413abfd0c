// SPDX-License-Identifier: Apache-2.0
// An LSTM of reals: one product for the inputs of all steps, then a product and a cell a step.
#include "compiler/ir/recurrent.h"
#include "host_runtime/reference/gpu/lowering.h"

namespace nnp::gpu {
namespace {

bool given(const ir::Node& node, std::size_t input) {
  return node.inputs.size() > input && node.inputs[input] != ir::kNoValue;
}
bool wanted(const ir::Node& node, std::size_t output) {
  return node.outputs.size() > output && node.outputs[output] != ir::kNoValue;
}

/// Wb + Rb, [4H].
std::vector<float> joined_bias(const Lowering& lowering, const ir::Node& node, std::size_t H) {
  std::vector<float> bias(4 * H, 0.0F);
  if (!given(node, 3)) return bias;
  const auto both = constant_floats(lowering, node, 3);
  for (std::size_t i = 0; i < 4 * H; ++i) bias[i] = both[i] + both[4 * H + i];
  return bias;
}

/// A state [1, B, H] as the network begins with it: given, or zeros made anew at each run.
void begin_state(Lowering& lowering, const ir::Node& node, std::size_t input, const Place& state) {
  Place from;
  if (given(node, input)) {
    from = lowering.row_major(node.inputs[input]);
  } else {
    const float zero = 0;
    from.at = lowering.values().upload({&zero, 1}, Element::f32);
  }
  lowering.add_elementwise(Function::copy, {{from, from.source()}}, state, {state.at, state.element});
}

}  // namespace

void lower_lstm(Lowering& lowering, const ir::Node& node) {
  const auto& attributes = std::get<ir::LstmAttributes>(node.attributes);
  if (lowering.codes(node.inputs[0]))
    lowering.refuse(node, "16-bit codes: run recurrence in bf16, fp16, tf32 or fp32");
  if (given(node, 4) || given(node, 7)) lowering.refuse(node, "lengths of sequences, or peepholes");
  const Place x = lowering.row_major(node.inputs[0]);
  const std::int64_t T = x.shape[0], B = x.shape[1], I = x.shape[2], H = attributes.hidden_size;
  NetworkValues& values = lowering.values();
  const Element real = values.real();
  const bool tf32 = values.precision() == NetworkPrecision::tf32;

  const Place input_sums = values.scratch({T, B, 4 * H}, real), state_sums = values.scratch({B, 4 * H}, real),
              c = values.scratch({1, B, H}, Element::f32), first_h = values.scratch({1, B, H}, real);
  Product inputs;
  inputs.M = static_cast<int>(T * B), inputs.N = static_cast<int>(4 * H), inputs.K = static_cast<int>(I);
  inputs.transposed = true, inputs.element = real, inputs.tf32 = tf32;
  inputs.a = x.at, inputs.w = values.upload(constant_floats(lowering, node, 1), real);
  inputs.bias = values.upload(joined_bias(lowering, node, static_cast<std::size_t>(H)), real);
  inputs.d = input_sums.at;
  lowering.add(inputs);
  begin_state(lowering, node, 5, first_h);
  begin_state(lowering, node, 6, c);

  const Place y = wanted(node, 0) ? lowering.make_output(node, false) : values.scratch({T, B, H}, real);
  Product states = inputs;
  states.M = static_cast<int>(B), states.K = static_cast<int>(H);
  states.w = values.upload(constant_floats(lowering, node, 2), real);
  states.bias = 0, states.d = state_sums.at;
  LstmCell cell;
  cell.B = static_cast<int>(B), cell.H = static_cast<int>(H), cell.element = real, cell.c = c.at;
  const auto step_bytes = [&](std::int64_t t, std::int64_t row) {
    return static_cast<Address>(t * B * row) * size_of(real);
  };
  Address h = first_h.at;
  for (std::int64_t i = 0; i < T; ++i) {
    const std::int64_t t = attributes.reverse ? T - 1 - i : i;
    states.a = h;
    lowering.add(states);
    cell.input_sums = input_sums.at + step_bytes(t, 4 * H), cell.state_sums = state_sums.at;
    cell.h = y.at + step_bytes(t, H);
    lowering.add(cell);
    h = cell.h;
  }
  const auto last_state = [&](std::size_t output, const Place& from) {
    if (!wanted(node, output)) return;
    const Place to = values.make(lowering.value(node.outputs[output]), false);
    values.set(node.outputs[output], to);
    lowering.add_elementwise(Function::copy, {{from, from.source()}}, to, {to.at, to.element});
  };
  Place last_h = first_h;
  last_h.at = h;
  last_state(1, last_h);
  last_state(2, c);
}

}  // namespace nnp::gpu
