// SPDX-License-Identifier: Apache-2.0
// Weights and biases of Conv, Gemm, RNN, GRU and LSTM as integers: one s8 scale per output channel (the
// last three: per row of the joined [W | R]).
#pragma once

#include <span>
#include <vector>

#include "compiler/ir/graph.h"
#include "compiler/quantize/overflow.h"

namespace nnp::compiler {

/// The float weights of a layer by output channel, however the operator stores them.
struct LayerWeights {
  std::vector<std::vector<float>> rows;  // [channel][everything it sums over]; recurrent: W's row, then R's
  std::vector<double> bias;              // 0 where the layer has none; recurrent: Wb + Rb
  bool has_bias = false;
  std::vector<double> recurrent_bias = {};  // Rb where it stays apart (ir::gate_segments), then not in `bias`
};

/// Throws CompileError for weights that are not finite.
LayerWeights read_weights(const ir::Graph&, const ir::Node&);

/// Codes of the same.
struct IntegerWeights {
  std::vector<float> scales;  // by channel
  std::vector<std::vector<std::int8_t>> rows;
  std::vector<std::int32_t> bias, recurrent_bias;
  std::vector<ChannelSum> sums() const;
};

/// scale = max |w| / 127, or the channel's of `scales` where they are given; larger where the bias at scale
/// `input_scale * scale` would not fit.
IntegerWeights quantize_weights(const LayerWeights&, double input_scale, std::span<const float> scales = {});

/// An upper bound of every channel's sums for all input scales from `finest_input_scale` up.
std::vector<ChannelSum> largest_sums(const LayerWeights&, double finest_input_scale);

/// Puts constants in the place of the node's float weights and bias: new values named after the node.
void write_weights(ir::Graph&, ir::Node&, const IntegerWeights&, bool has_bias);

}  // namespace nnp::compiler
