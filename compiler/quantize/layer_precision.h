// SPDX-License-Identifier: Apache-2.0
// What each layer of a float graph becomes.
#pragma once

#include <map>
#include <string>

#include "compiler/ir/graph.h"

namespace nnp::compiler {

enum class LayerPrecision : std::uint8_t {
  int8,
  int8x16,
  real,  // stays float: lowered later, or the host's
  /// Of a network with QuantizeLinear and DequantizeLinear: integer where they say so, at their scales; what
  /// integer layers hand each other without such a pair has 16 bits; the rest is real.
  as_model,
};

struct LayerPrecisions {
  LayerPrecision otherwise = LayerPrecision::int8;
  std::map<std::string, LayerPrecision> layers;  // by node name
  /// Of as_model: a layer whose result has no QuantizeLinear is real unless it has integer sums.
  bool results_are_real = false;

  LayerPrecision of(const ir::Node& node) const {
    const auto found = layers.find(node.name);
    return found == layers.end() ? otherwise : found->second;
  }
};

}  // namespace nnp::compiler
