// SPDX-License-Identifier: Apache-2.0
// verify(): shapes of recurrent nodes. They have one direction.
#include "compiler/ir/recurrent.h"
#include "compiler/ir/verify_rules.h"

namespace nnp::ir {
namespace {

struct Cell {
  std::int64_t gates, hidden;
  bool has_cell_state;
};
Cell cell_of(const Node& node) {
  if (const auto* lstm = std::get_if<LstmAttributes>(&node.attributes)) return {4, lstm->hidden_size, true};
  return {node.op == Op::gru ? 3 : 1, std::get<RecurrentAttributes>(node.attributes).hidden_size, false};
}

}  // namespace

void check_recurrent_shapes(const Operands& operands, Faults& faults) {
  const Cell cell = cell_of(operands.node);
  const Value& x = *operands.input(0);
  const std::int64_t h = cell.hidden, rows = cell.gates * h;
  if (!has_rank("input", x, 3, faults) || !sane("hidden size", &h, 1, 1, faults)) return;
  using namespace recurrent_input;
  if (operands.input(kLengths) != nullptr) faults.add("sequence lengths have no meaning here");
  if (cell.has_cell_state)
    expect("peepholes", operands.input(kPeepholes), {1, 3 * h}, faults);
  else if (operands.input(kPeepholes) != nullptr)
    faults.add("only an LSTM has peepholes");
  const std::int64_t steps = x.shape[0], batch = x.shape[1];
  expect("W", operands.input(1), {1, rows, x.shape[2]}, faults);
  expect("R", operands.input(2), {1, rows, h}, faults);
  if (const Value* bias = operands.input(3);
      bias != nullptr && (!cell.has_cell_state || bias->shape != Shape{1, rows})) {
    expect("bias", bias, {1, 2 * rows}, faults);  // an LSTM's may be [1, 4H], both halves joined
  }
  expect("initial state", operands.input(5), {1, batch, h}, faults);
  if (cell.has_cell_state) expect("initial state", operands.input(6), {1, batch, h}, faults);
  expect("output Y", operands.output(0), {steps, batch, h}, faults);
  for (const std::size_t i : {1U, 2U}) expect("last state", operands.output(i), {1, batch, h}, faults);
}

}  // namespace nnp::ir
