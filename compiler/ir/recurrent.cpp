// SPDX-License-Identifier: Apache-2.0
#include "compiler/ir/recurrent.h"

#include <stdexcept>

namespace nnp::ir {

bool is_recurrent(Op op) { return op == Op::lstm || op == Op::gru || op == Op::rnn; }

RecurrentShape recurrent_shape(const Graph& graph, const Node& node) {
  const Shape& x = graph.values.at(node.inputs.at(recurrent_input::kX)).shape;
  if (!is_recurrent(node.op) || x.size() != 3)
    throw std::logic_error("node '" + node.name + "' is no RNN, GRU or LSTM of [T, B, I]");
  RecurrentShape shape{node.op, x[0], x[1], x[2], 0, 0, 0, false, false};
  if (const auto* lstm = std::get_if<LstmAttributes>(&node.attributes)) {
    shape.hidden = lstm->hidden_size, shape.reverse = lstm->reverse;
  } else {
    const auto& attributes = std::get<RecurrentAttributes>(node.attributes);
    shape.hidden = attributes.hidden_size, shape.reverse = attributes.reverse;
    shape.resets_after = node.op == Op::gru && attributes.linear_before_reset;
  }
  shape.gates = node.op == Op::lstm ? 4 : node.op == Op::gru ? 3 : 1;
  shape.columns = (shape.gates + (shape.resets_after ? 1 : 0)) * shape.hidden;
  return shape;
}

std::vector<GateSegment> gate_segments(const RecurrentShape& shape) {
  const std::int64_t n = shape.hidden;
  if (shape.op != Op::gru) return {{0, shape.rows(), 0, 0}};
  if (!shape.resets_after) return {{0, 2 * n, 0, 0}, {2 * n, n, 2 * n, 2 * n, true}};
  return {{0, 2 * n, 0, 0}, {2 * n, n, 2 * n, kNoRow}, {3 * n, n, kNoRow, 2 * n}};
}

std::vector<std::int64_t> rows_of_columns(const RecurrentShape& shape) {
  std::vector<std::int64_t> rows;
  for (const GateSegment& segment : gate_segments(shape))
    for (std::int64_t i = 0; i < segment.count; ++i)
      rows.push_back((segment.w_row != kNoRow ? segment.w_row : segment.r_row) + i);
  return rows;
}

}  // namespace nnp::ir
