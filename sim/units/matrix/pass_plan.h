// SPDX-License-Identifier: Apache-2.0
// How one MATMUL or CONV becomes passes through the array, by the array's kind. A segment is the part of a
// pass that uses one tile of the weight FIFO:
//
//   weight stationary, adder tree: a pass for each tile of k. The tile is loaded, m rows of A stream.
//   output stationary: one pass. All of k streams, a segment for each tile; sums leave at the end.
//   input stationary: a pass for each tile of k. m columns of activations are loaded from the buffer, n
//   columns of weights stream, a segment for each tile of n.
#pragma once

#include "sim/units/engine/engine.h"
#include "sim/units/matrix/timing/array_timing.h"

namespace nnp::sim {

struct Segment {
  Cycles length = 0;               // of its stream, at least 1
  std::uint32_t vectors = 0;       // streamed: rows of A, steps of k or columns of W
  std::uint32_t first_vector = 0;  // of those that the pass streams
  Cycles cycles_a_vector = 1;      // its words, its steps: whichever takes longer
  std::uint32_t k = 0, n = 0;      // of its weight tile, as far as it is used
  bool opens_pass = true, closes_pass = true;
};

class PassPlan {
 public:
  PassPlan(const isa::ArchSpec&, const ArrayTiming&);

  /// What is loaded before a pass streams, and what streams from where.
  bool loads_weights() const { return kind_ != Kind::output_stationary && !loads_activations(); }
  bool loads_activations() const { return kind_ == Kind::input_stationary; }
  bool streams_weights() const { return !loads_weights(); }
  bool streams_activations() const { return !loads_activations(); }

  /// Throws AddressError where the array has no PEs for the instruction's m or n.
  void check(const Job&) const;
  std::uint32_t segments(const Job&) const;  // at least 1
  std::uint32_t segments_of_a_pass(const Job&) const;
  Segment segment(const Job&, std::uint32_t index) const;
  /// The pass that a segment belongs to.
  PassShape pass(const Job&, std::uint32_t segment) const;
  /// Cycles in which a load of activations reads the buffer.
  Cycles load_accesses(const Job&) const;

 private:
  using Kind = isa::ArrayKind;
  const isa::ArchSpec& arch_;
  const ArrayTiming& timing_;
  Kind kind_;
};

}  // namespace nnp::sim
