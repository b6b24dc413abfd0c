// SPDX-License-Identifier: Apache-2.0
// A random integer LSTM for tests.
#pragma once

#include <cmath>

#include "tests/unit/reference/graph_builder.h"

namespace nnp::testing {

struct LstmCase {
  std::int64_t T, B, I, H;
  ir::QuantParams x_quant = quant(1.0f / 4096), weight_quant{{}, 0, 1};
  float cell_scale = 1.0f / 8192;
  ir::Tensor x, W, R, bias, initial_h, initial_c;
  ir::Graph graph;  // outputs Y, Y_h, Y_c

  LstmCase(Random& random, std::int64_t steps, std::int64_t batch, std::int64_t inputs, std::int64_t hidden)
      : T(steps), B(batch), I(inputs), H(hidden) {
    for (std::int64_t row = 0; row < 4 * H; ++row) weight_quant.scale.push_back(random.real(0.001f, 0.01f));
    x = random.whole<std::int16_t>({T, B, I}, -8000, 8000);
    W = random.codes<std::int8_t>({1, 4 * H, I}), R = random.codes<std::int8_t>({1, 4 * H, H});
    bias = random.whole<std::int32_t>({1, 8 * H}, -1000000, 1000000);
    initial_h = random.whole<std::int16_t>({1, B, H}, -4096, 4096),
    initial_c = random.whole<std::int16_t>({1, B, H}, -20000, 20000);
    GraphBuilder builder;
    const ir::ValueId source = builder.input({T, B, I}, ir::DType::s16, x_quant);
    const ir::ValueId y = builder.value({T, B, H}, ir::DType::s16, x_quant),
                      y_h = builder.value({1, B, H}, ir::DType::s16, x_quant),
                      y_c = builder.value({1, B, H}, ir::DType::s16, quant(cell_scale));
    builder.node(
        ir::Op::lstm,
        {source, builder.constant(W, weight_quant), builder.constant(R, weight_quant), builder.constant(bias),
         ir::kNoValue, builder.constant(initial_h, x_quant), builder.constant(initial_c, quant(cell_scale))},
        {y, y_h, y_c}, ir::LstmAttributes{H, cell_scale});
    graph = builder.finish({y, y_h, y_c});
  }
};

}  // namespace nnp::testing
