// SPDX-License-Identifier: Apache-2.0
// An LSTM of reals.
#include "compiler/ir/recurrent.h"
#include "host_runtime/reference/gpu/lowering.h"

namespace nnp::gpu {
namespace {

bool given(const ir::Node& node, std::size_t input) {
  return node.inputs.size() > input && node.inputs[input] != ir::kNoValue;
}

/// Wb + Rb, [4H].
std::vector<float> joined_bias(const Lowering& lowering, const ir::Node& node, std::size_t H) {
  std::vector<float> bias(4 * H, 0.0F);
  if (!given(node, 3)) return bias;
  const auto both = constant_floats(lowering, node, 3);
  for (std::size_t i = 0; i < 4 * H; ++i) bias[i] = both[i] + both[4 * H + i];
  return bias;
}

/// Memory for a state that is asked for, else none.
Address last_state(Lowering& lowering, const ir::Node& node, std::size_t output) {
  if (node.outputs.size() <= output || node.outputs[output] == ir::kNoValue) return 0;
  const Place to = lowering.values().make(lowering.value(node.outputs[output]), false);
  lowering.values().set(node.outputs[output], to);
  return to.at;
}

}  // namespace

void lower_lstm(Lowering& lowering, const ir::Node& node) {
  const auto& attributes = std::get<ir::LstmAttributes>(node.attributes);
  if (lowering.codes(node.inputs[0]))
    lowering.refuse(node, "16-bit codes: run recurrence in bf16, fp16, tf32 or fp32");
  if (given(node, 4) || given(node, 7)) lowering.refuse(node, "lengths of sequences, or peepholes");
  const Place x = lowering.row_major(node.inputs[0]);
  NetworkValues& values = lowering.values();
  Lstm l;
  l.T = static_cast<int>(x.shape[0]), l.B = static_cast<int>(x.shape[1]), l.I = static_cast<int>(x.shape[2]);
  l.H = static_cast<int>(attributes.hidden_size);
  l.element = values.real(), l.tf32 = values.precision() == NetworkPrecision::tf32;
  l.reverse = attributes.reverse;
  l.x = x.at;
  l.w = values.upload(constant_floats(lowering, node, 1), l.element);
  l.r = values.upload(constant_floats(lowering, node, 2), l.element);
  l.bias = values.upload(joined_bias(lowering, node, static_cast<std::size_t>(l.H)), l.element);
  if (given(node, 5)) l.first_h = lowering.row_major(node.inputs[5]).at;
  if (given(node, 6)) l.first_c = lowering.row_major(node.inputs[6]).at;
  const bool every_h = !node.outputs.empty() && node.outputs[0] != ir::kNoValue;
  l.y = every_h ? lowering.make_output(node, false).at : values.scratch({l.T, l.B, l.H}, l.element).at;
  l.last_h = last_state(lowering, node, 1), l.last_c = last_state(lowering, node, 2);
  lowering.add(l);
}

}  // namespace nnp::gpu
