// SPDX-License-Identifier: Apache-2.0
// What an array is, before any time: its dataflow, its size, and the widths of the ways in and out.
#pragma once

#include <algorithm>
#include <cstdint>

#include "isa/arch/arch_spec.h"

namespace nnp::sim {

using Dataflow = isa::ArrayKind;

struct ArrayDesign {
  Dataflow dataflow = Dataflow::weight_stationary;
  std::uint32_t rows = 0, cols = 0;  // PEs
  /// Rows of the stationary operand that move a cycle: weights or activations on their way in, sums of an
  /// output-stationary array on their way out.
  std::uint32_t shift_rows_per_cycle = 1;
  /// Adder tree only: registers from an input to a sum, the products' included. At least 1.
  std::uint32_t tree_registers = 1;
  /// Output stationary only: false gives every row its own way out, so that sums leave as they are done.
  bool drain_phase = true;
  /// The next pass loads and streams while this one is under way. False: it waits until the array is empty.
  bool overlap = true;
  /// Filling and emptying take no time: loads, the way to a sum and the way out. Streams alone count, and
  /// passes follow each other without a gap, whatever the widths and flags above say. No registers can do it;
  /// for asking what filling costs.
  bool ideal_fill = false;

  /// Rows that enter or leave side by side in one cycle.
  std::uint32_t lanes() const {
    if (dataflow == Dataflow::output_stationary && !drain_phase) return rows;
    return std::min(shift_rows_per_cycle, rows);
  }
  /// Cycles to move all rows: ceil(rows / lanes).
  std::uint32_t moves() const { return (rows + lanes() - 1) / lanes(); }
};

/// One pass: the part of a matrix product that the array does with one stationary tile. All of it is in use.
struct PassShape {
  std::uint32_t m = 0, k = 0, n = 0;  // rows of activations, depth, columns of weights
  bool wide = false;                  // 16-bit activations: a byte at a time through 8-bit multipliers

  std::uint32_t steps_per_vector() const { return wide ? 2 : 1; }
};

}  // namespace nnp::sim
