// SPDX-License-Identifier: Apache-2.0
// A random integer RNN, GRU or LSTM for tests, in every form that the IR has.
#pragma once

#include "compiler/ir/recurrent.h"
#include "tests/unit/reference/graph_builder.h"

namespace nnp::testing {

struct RecurrentKind {
  ir::Op op = ir::Op::gru;
  bool reverse = false, resets_after = false, has_states = true, peeps = false;
};

struct RecurrentCase {
  RecurrentKind kind;
  std::int64_t T, B, I, H, gates;
  ir::QuantParams x_quant = quant(1.0f / 4096), weight_quant{{}, 0, 1};
  float cell_scale = 1.0f / 8192, peephole_scale = 1.0f / 16384;
  ir::Tensor x, W, R, bias, initial_h, initial_c, peepholes;
  ir::Clamp clamp;
  ir::Graph graph;  // outputs Y, Y_h, and Y_c of an LSTM

  RecurrentCase(Random& random, RecurrentKind k, std::int64_t steps, std::int64_t batch, std::int64_t inputs,
                std::int64_t hidden, ir::Clamp limit = {})
      : kind(k), T(steps), B(batch), I(inputs), H(hidden), clamp(limit) {
    gates = k.op == ir::Op::lstm ? 4 : k.op == ir::Op::gru ? 3 : 1;
    for (std::int64_t row = 0; row < gates * H; ++row)
      weight_quant.scale.push_back(random.real(0.001f, 0.01f));
    x = random.whole<std::int16_t>({T, B, I}, -8000, 8000);
    W = random.codes<std::int8_t>({1, gates * H, I}), R = random.codes<std::int8_t>({1, gates * H, H});
    bias = random.whole<std::int32_t>({1, 2 * gates * H}, -1000000, 1000000);
    initial_h = random.whole<std::int16_t>({1, B, H}, -4096, 4096);
    initial_c = random.whole<std::int16_t>({1, B, H}, -20000, 20000);
    peepholes = random.whole<std::int16_t>({1, 3 * H}, -32768, 32767);
    GraphBuilder builder;
    std::vector<ir::ValueId> inputs_of_node = {builder.input({T, B, I}, ir::DType::s16, x_quant),
                                               builder.constant(W, weight_quant),
                                               builder.constant(R, weight_quant), builder.constant(bias)};
    if (k.has_states) {
      inputs_of_node.push_back(ir::kNoValue);
      inputs_of_node.push_back(builder.constant(initial_h, x_quant));
      if (k.op == ir::Op::lstm) inputs_of_node.push_back(builder.constant(initial_c, quant(cell_scale)));
    } else {
      initial_h = ir::Tensor(ir::DType::s16, {1, B, H}), initial_c = initial_h;
    }
    if (k.peeps) {
      inputs_of_node.resize(ir::recurrent_input::kPeepholes, ir::kNoValue);
      inputs_of_node.push_back(builder.constant(peepholes, quant(peephole_scale)));
    }
    std::vector<ir::ValueId> outputs = {builder.value({T, B, H}, ir::DType::s16, x_quant),
                                        builder.value({1, B, H}, ir::DType::s16, x_quant)};
    if (k.op == ir::Op::lstm) outputs.push_back(builder.value({1, B, H}, ir::DType::s16, quant(cell_scale)));
    const ir::Attributes attributes =
        k.op == ir::Op::lstm ? ir::Attributes(ir::LstmAttributes{H, cell_scale, k.reverse})
                             : ir::Attributes(ir::RecurrentAttributes{H, k.reverse, k.resets_after});
    builder.node(k.op, inputs_of_node, outputs, attributes).clamp = clamp;
    graph = builder.finish(outputs);
  }
};

}  // namespace nnp::testing
