// SPDX-License-Identifier: Apache-2.0
// y = s (x - mean) / sqrt(var) + b behind a Conv, ConvTranspose or Gemm with constant weights: the factor
// goes into the weights of each output channel, the rest into the bias. The IR's variance already includes
// epsilon.
#include <functional>
#include <span>

#include "compiler/passes/batch_affine.h"
#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::Graph;
using ir::Node;
using ir::Op;
using ir::Tensor;

/// Which weights an output channel has: runs of `length`, the channel of each run.
struct ChannelRuns {
  std::size_t length = 0;
  std::function<std::size_t(std::size_t run)> channel;  // none: not to be folded
};
ChannelRuns channel_runs(const Graph& graph, const Node& maker) {
  const ir::Shape& w = graph.values[maker.inputs.at(1)].shape;
  const auto size = [&](std::size_t axis) { return static_cast<std::size_t>(w[axis]); };
  const auto itself = [](std::size_t run) { return run; };
  if (maker.op == Op::conv) return {size(1) * size(2) * size(3), itself};
  if (maker.op == Op::conv_transpose) {  // [channel][filter of the group][R][S]
    const std::size_t filters = size(1),
                      groups = static_cast<std::size_t>(
                          std::get<ir::ConvTransposeAttributes>(maker.attributes).group),
                      group_channels = size(0) / groups;
    return {size(2) * size(3),
            [=](std::size_t run) { return run / filters / group_channels * filters + run % filters; }};
  }
  if (maker.op != Op::gemm || graph.values[maker.outputs[0]].shape.size() != 2) return {};
  const auto& attributes = std::get<ir::GemmAttributes>(maker.attributes);
  if (attributes.alpha != 1 || attributes.beta != 1) return {};
  if (attributes.transpose_b) return {size(1), itself};
  return {1, [channels = size(1)](std::size_t run) { return run % channels; }};
}

void scale_channels(std::span<float> weights, const ChannelRuns& runs, const std::vector<double>& factors) {
  for (std::size_t run = 0; run * runs.length < weights.size(); ++run) {
    const double factor = factors[runs.channel(run)];
    for (float& weight : weights.subspan(run * runs.length, runs.length))
      weight = static_cast<float>(weight * factor);
  }
}

/// The maker's bias, one a channel; zeros where there is none. Nothing when it is not constant or not per
/// channel.
std::optional<std::vector<float>> bias_of(const Graph& graph, const Node& maker, std::size_t channels) {
  if (maker.inputs.size() < 3 || maker.inputs[2] == ir::kNoValue) return std::vector<float>(channels, 0.0f);
  const Tensor* bias = constant_input(graph, maker, 2);
  if (bias == nullptr) return std::nullopt;
  if (bias->size() == 1) return std::vector<float>(channels, bias->data<float>()[0]);
  if (bias->size() != channels || static_cast<std::size_t>(bias->shape().back()) != channels)
    return std::nullopt;
  return std::vector<float>(bias->data<float>().begin(), bias->data<float>().end());
}

bool has_weights(Op op) { return op == Op::conv || op == Op::conv_transpose || op == Op::gemm; }

/// Weights made of codes keep them: their scales take the factors (a code changes its sign with the factor).
std::optional<ir::QuantParams> folded_quant(const Graph& graph, const Node& maker, const Affine& affine) {
  const auto& quant = graph.values[maker.inputs[1]].quant;
  const bool transposed = maker.op == Op::gemm && std::get<ir::GemmAttributes>(maker.attributes).transpose_b;
  const std::int32_t axis = maker.op == Op::conv || transposed ? 0 : 1;
  if (!quant || maker.op == Op::conv_transpose || (quant->axis >= 0 && quant->axis != axis))
    return std::nullopt;
  ir::QuantParams result{{}, 0, axis};
  for (std::size_t c = 0; c < affine.factor.size(); ++c) {
    const float scale = quant->scale[quant->scale.size() == 1 ? 0 : c];
    const auto folded = static_cast<float>(scale * std::abs(affine.factor[c]));
    result.scale.push_back(folded > 0 ? folded : scale);
  }
  return result;
}

bool fold(Graph& graph, const std::vector<std::size_t>& uses, Node& maker, const Node& normalization) {
  const auto affine = affine_of(graph, normalization);
  const Tensor* old_weights = constant_input(graph, maker, 1);
  const ChannelRuns runs = channel_runs(graph, maker);
  if (!affine || old_weights == nullptr || !runs.channel || maker.clamp.active()) return false;
  const std::size_t channels = affine->factor.size();
  auto bias = bias_of(graph, maker, channels);
  if (!bias) return false;

  std::optional<Tensor>& old = graph.values[maker.inputs[1]].constant;
  const auto quant = folded_quant(graph, maker, *affine);
  Tensor weights = uses[maker.inputs[1]] == 1 ? std::move(*old) : *old;  // another node may share them
  if (uses[maker.inputs[1]] == 1) old.reset();
  scale_channels(weights.data<float>(), runs, affine->factor);
  for (std::size_t c = 0; c < channels; ++c) {
    (*bias)[c] = static_cast<float>((*bias)[c] * affine->factor[c] + affine->shift[c]);
  }
  maker.inputs.resize(3, ir::kNoValue);
  maker.inputs[1] = add_constant(graph, maker.name + ".folded_weights", std::move(weights));
  graph.values[maker.inputs[1]].quant = quant;
  maker.inputs[2] = add_constant(graph, maker.name + ".folded_bias",
                                 Tensor::of<float>({static_cast<std::int64_t>(channels)}, *bias));
  maker.outputs[0] = normalization.outputs[0];
  absorb_origin(maker, normalization);
  return true;
}

}  // namespace

void fold_batch_normalization(Graph& graph) {
  const auto uses = use_counts(graph);
  auto makers = producers(graph);
  std::vector<bool> dead(graph.nodes.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (node.op != Op::batch_normalization || uses[node.inputs[0]] != 1) continue;
    const std::size_t maker = makers[node.inputs[0]];
    if (maker == kNoNode || !has_weights(graph.nodes[maker].op)) continue;
    dead[i] = fold(graph, uses, graph.nodes[maker], node);
    if (dead[i]) makers[node.outputs[0]] = maker;
  }
  erase_nodes(graph, dead);
}

}  // namespace nnp::compiler
