// SPDX-License-Identifier: Apache-2.0
// Values for whatever inputs a graph came to have: any bits, so that floats are infinite and no numbers too.
#pragma once

#include "compiler/ir/graph.h"
#include "tests/fuzz/support/fuzz.h"

namespace nnp::fuzz {

inline std::vector<ir::Tensor> random_inputs(const ir::Graph& graph) {
  Random random(1);
  std::vector<ir::Tensor> inputs;
  for (const ir::ValueId id : graph.inputs) {
    const ir::Value& value = graph.values[id];
    ir::Tensor tensor(value.type, value.shape);
    for (std::uint8_t& byte : tensor.bytes())
      byte = static_cast<std::uint8_t>(value.type == ir::DType::b8 ? random() & 1 : random());
    inputs.push_back(std::move(tensor));
  }
  return inputs;
}

}  // namespace nnp::fuzz
