// SPDX-License-Identifier: Apache-2.0
// What RNN, GRU and LSTM have in common: their operands, their sizes, and which products make their sums.
#pragma once

#include <span>
#include <vector>

#include "compiler/ir/graph.h"

namespace nnp::ir {

bool is_recurrent(Op);  // rnn, gru, lstm

/// Inputs of a recurrent node; a GRU and an RNN have no cell state. Peepholes [1, 3H] of an LSTM, constant on
/// the chip: what a cell state adds to the gates i, o, f of its own unit.
namespace recurrent_input {
inline constexpr std::size_t kX = 0, kW = 1, kR = 2, kBias = 3, kLengths = 4, kInitialH = 5, kInitialC = 6,
                             kPeepholes = 7;
}
/// Outputs: each may be kNoValue, not all.
namespace recurrent_output {
inline constexpr std::size_t kY = 0, kLastH = 1, kLastC = 2;
}

/// Operand i of a node, kNoValue where it is left out.
inline ValueId operand(const std::vector<ValueId>& ids, std::size_t i) {
  return i < ids.size() ? ids[i] : kNoValue;
}

struct RecurrentShape {
  Op op;
  std::int64_t steps, batch, input, hidden;
  std::int64_t gates;    // 1, 3, 4: W has gates * hidden rows
  std::int64_t columns;  // sums of one step and batch row
  bool reverse = false;
  bool resets_after = false;  // GRU with linear_before_reset: r gates the sum R h, otherwise h itself
  std::int64_t rows() const { return gates * hidden; }
  /// The step of x that turn i of the walk takes.
  std::int64_t time(std::int64_t i) const { return reverse ? steps - 1 - i : i; }
};
RecurrentShape recurrent_shape(const Graph&, const Node&);

inline constexpr std::int64_t kNoRow = -1;
/// Columns [column, column + count) of a step's sums: x times W's rows from w_row on, then, onto them, h
/// times R's rows from r_row on. With `of_reset` it is r * h that is multiplied, so r must be known.
struct GateSegment {
  std::int64_t column, count;
  std::int64_t w_row, r_row;  // kNoRow: no such product
  bool of_reset = false;
};
/// In order of columns. RNN, LSTM: one segment. GRU: z and r; then the candidate, whose two products have
/// columns of their own where the reset comes after them (x, then h).
std::vector<GateSegment> gate_segments(const RecurrentShape&);

/// Row of W and R whose scale a column has.
std::vector<std::int64_t> rows_of_columns(const RecurrentShape&);

/// What is added to each column: Wb where it has a product of x, plus Rb where it has one of h. `bias` is
/// [Wb | Rb], their sum alone, or empty.
template <typename Sum, typename T>
std::vector<Sum> column_bias(const RecurrentShape& shape, std::span<const T> bias) {
  std::vector<Sum> sums(static_cast<std::size_t>(shape.columns));
  const auto rows = static_cast<std::size_t>(shape.rows());
  for (const GateSegment& segment : gate_segments(shape))
    for (std::int64_t i = 0; i < segment.count; ++i) {
      Sum& sum = sums[static_cast<std::size_t>(segment.column + i)];
      if (segment.w_row != kNoRow && !bias.empty())
        sum += static_cast<Sum>(bias[static_cast<std::size_t>(segment.w_row + i)]);
      if (segment.r_row != kNoRow && bias.size() == 2 * rows)
        sum += static_cast<Sum>(bias[rows + static_cast<std::size_t>(segment.r_row + i)]);
    }
  return sums;
}

}  // namespace nnp::ir
