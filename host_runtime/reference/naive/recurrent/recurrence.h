// SPDX-License-Identifier: Apache-2.0
// The walk over the steps of an RNN, GRU or LSTM, whatever its numbers: what a step multiplies, in which
// order, and which state it sees. What follows from a step's sums is the cell's: integer_cells.h,
// real_cells.h.
#pragma once

#include <algorithm>

#include "compiler/ir/recurrent.h"
#include "host_runtime/reference/naive/call.h"
#include "host_runtime/reference/naive/codes.h"

namespace nnp::reference::naive {

/// Sizes of a node as the loops want them.
struct RecurrentSizes {
  explicit RecurrentSizes(const ir::RecurrentShape& s)
      : T(static_cast<std::size_t>(s.steps)),
        B(static_cast<std::size_t>(s.batch)),
        I(static_cast<std::size_t>(s.input)),
        H(static_cast<std::size_t>(s.hidden)),
        rows(static_cast<std::size_t>(s.rows())),
        columns(static_cast<std::size_t>(s.columns)) {}
  std::size_t T, B, I, H;
  std::size_t rows, columns;  // of W and R; of the sums
};

/// Checks the shapes of a node's operands.
ir::RecurrentShape checked_recurrent_shape(const Operands&);

/// h and c (of an LSTM), [B, H] each.
template <typename Cell>
struct RecurrentState {
  std::vector<typename Cell::Value> h;
  std::vector<typename Cell::Kept> c;
};

/// Cell has the types Value (x and h), Weight, Sum and Kept (the cell state), and
///   Cell(const Operands&, const ir::RecurrentShape&)
///   RecurrentState<Cell> initial_state() const
///   void step(const Sum* sums, Value* h, Kept* c) const     one batch row
///   void reset(const Sum* sums, const Value* h, Value* out) const     r * h of a GRU, one batch row
template <typename Cell>
class Recurrence {
 public:
  using Value = typename Cell::Value;
  using Weight = typename Cell::Weight;
  using Sum = typename Cell::Sum;
  using State = RecurrentState<Cell>;

  explicit Recurrence(const Operands& node)
      : node_(node),
        shape_(checked_recurrent_shape(node)),
        segments_(ir::gate_segments(shape_)),
        s_(shape_),
        cell_(node, shape_) {}

  /// Calls before(t, state) and after(t, state) around each step, in the order of the walk; the step's sums
  /// are those of `sums` when before() has returned. Returns the last state.
  template <typename Before, typename After>
  State walk(const Sum* sums, Before before, After after) const {
    State state = cell_.initial_state();
    for (std::size_t i = 0; i < s_.T; ++i) {
      const auto t = static_cast<std::size_t>(shape_.time(static_cast<std::int64_t>(i)));
      before(t, state);
      for (std::size_t b = 0; b < s_.B; ++b)
        cell_.step(sums + (t * s_.B + b) * s_.columns, &state.h[b * s_.H],
                   state.c.empty() ? nullptr : &state.c[b * s_.H]);
      after(t, state);
    }
    return state;
  }

  /// The sums [T * B, columns]. `multiply` is a kernel of isa/numerics, or does what one does.
  template <typename Multiply>
  std::vector<Sum> sums(Multiply multiply) const {
    const std::vector<Weight> W = upright(ir::recurrent_input::kW, s_.I),
                              R = upright(ir::recurrent_input::kR, s_.H);
    std::vector<Sum> sums(s_.T * s_.B * s_.columns);
    const Value* x = node_.data<Value>(ir::recurrent_input::kX).data();
    for (const ir::GateSegment& segment : segments_)
      if (segment.w_row != ir::kNoRow)
        multiply(x, s_.I, W.data() + segment.w_row, s_.rows, sums.data() + segment.column, s_.columns,
                 s_.T * s_.B, static_cast<std::size_t>(segment.count), s_.I, false);
    walk(
        sums.data(),
        [&](std::size_t t, const State& state) {
          Sum* step = sums.data() + t * s_.B * s_.columns;
          std::vector<Value> reset;
          for (const ir::GateSegment& segment : segments_) {
            if (segment.r_row == ir::kNoRow) continue;
            if (segment.of_reset) reset = reset_state(step, state);
            multiply(segment.of_reset ? reset.data() : state.h.data(), s_.H, R.data() + segment.r_row,
                     s_.rows, step + segment.column, s_.columns, s_.B,
                     static_cast<std::size_t>(segment.count), s_.H, segment.w_row != ir::kNoRow);
          }
        },
        [](std::size_t, const State&) {});
    return sums;
  }

  /// r * h of all batch rows.
  std::vector<Value> reset_state(const Sum* step, const State& state) const {
    std::vector<Value> reset(s_.B * s_.H);
    for (std::size_t b = 0; b < s_.B; ++b)
      cell_.reset(step + b * s_.columns, &state.h[b * s_.H], &reset[b * s_.H]);
    return reset;
  }
  bool has_reset() const { return segments_.back().of_reset; }
  const std::vector<ir::GateSegment>& segments() const { return segments_; }
  const RecurrentSizes& sizes() const { return s_; }

 private:
  /// Weights [rows, terms] as [terms, rows].
  std::vector<Weight> upright(std::size_t input, std::size_t terms) const {
    std::vector<Weight> turned(s_.rows * terms);
    transpose(node_.data<Weight>(input).data(), s_.rows, terms, turned.data());
    return turned;
  }

  const Operands& node_;
  ir::RecurrentShape shape_;
  std::vector<ir::GateSegment> segments_;
  RecurrentSizes s_;
  Cell cell_;
};

}  // namespace nnp::reference::naive
