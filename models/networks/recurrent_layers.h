// SPDX-License-Identifier: Apache-2.0
// The layers of the recurrent networks. Values are [steps, batch, features], as PyTorch has them.
#pragma once

#include <cstdint>
#include <string>

#include "models/networks/graph_builder.h"

namespace nnp::models {

constexpr double kHiddenDeviation = 0.4;  // of h in layers scaled as below; see the test of activations

/// A recurrent layer's input.
struct Sequence {
  std::string name;
  std::int64_t width;
  double deviation;
};
inline Sequence hidden_sequence(const std::string& name, std::int64_t width) {
  return {name, width, kHiddenDeviation};
}

/// What a layer of one direction is squeezed by. Call it once before the first.
inline const std::string kDirectionAxis = "direction_axis";
inline void declare_direction_axis(GraphBuilder& graph) { graph.integers(kDirectionAxis, {1}); }

Sequence lstm(GraphBuilder&, const std::string& name, const Sequence& x, std::int64_t hidden);
/// Twice `hidden` wide: forward, then backward.
Sequence bidirectional_lstm(GraphBuilder&, const std::string& name, const Sequence& x, std::int64_t hidden);
/// PyTorch's: the reset gate multiplies behind the recurrent product (linear_before_reset).
Sequence gru(GraphBuilder&, const std::string& name, const Sequence& x, std::int64_t hidden);
/// Of hidden values, on every step and sample: a Gemm takes matrices only.
std::string fully_connected(GraphBuilder&, const std::string& name, const Sequence& x, std::int64_t outputs);

}  // namespace nnp::models
