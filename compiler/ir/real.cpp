// SPDX-License-Identifier: Apache-2.0
#include "compiler/ir/real.h"

#include <algorithm>
#include <stdexcept>

namespace nnp::ir {
bool is_real(DType type) { return type == DType::f32 || type == DType::bf16; }

numerics::RealRange real_range(const Node& node) { return {node.clamp.lo, node.clamp.hi}; }

std::vector<numerics::RealChannelParam> real_channel_params(std::span<const float> bias,
                                                            std::size_t channels) {
  std::vector<numerics::RealChannelParam> params(channels);
  if (bias.size() == 1) {
    for (auto& param : params) param.bias = bias[0];
    return params;
  }
  if (!bias.empty() && bias.size() != channels)
    throw std::logic_error("a bias must have one element a channel, or one for all");
  for (std::size_t i = 0; i < bias.size(); ++i) params[i].bias = bias[i];
  return params;
}

std::span<const float> constant_reals(const Graph& graph, const Node& node, std::size_t i) {
  if (i >= node.inputs.size() || node.inputs[i] == kNoValue) return {};
  const Value& value = graph.values.at(node.inputs[i]);
  if (!value.constant || value.type != DType::f32)
    throw std::logic_error("node '" + node.name + "': '" + value.name + "' is not a constant of f32");
  return value.constant->data<float>();
}

Tensor to_bf16(const Tensor& tensor) {
  Tensor result(DType::bf16, tensor.shape());
  std::ranges::transform(tensor.data<float>(), result.data<numerics::Bf16>().begin(), numerics::to_bf16);
  return result;
}

}  // namespace nnp::ir
