// SPDX-License-Identifier: Apache-2.0
// The closed form of an array's time: what the matrix unit computes with, and what the register-level arrays
// must show.
//
// A pass has a load (the stationary operand moves into shadow registers), a stream (one step of moving
// operands a cycle at the array's corner) and, output stationary, a drain (sums move out). A cycle in which
// an operand does not arrive is a bubble: it delays the steps after it and nothing else. "Stands at the edge
// in cycle t" means: in an output register, readable during t, written to the accumulators at its end.
#pragma once

#include <memory>

#include "isa/arch/units.h"
#include "sim/units/matrix/timing/array_design.h"

namespace nnp::sim {

/// When a pass had the array's inputs, bubbles included. For a pass without a load both loads equal `start`.
struct PassCycles {
  Cycle load = 0;   // first cycle of the load
  Cycle start = 0;  // of the first step: the stationary operand is swapped in
  Cycle end = 0;    // after the last step
};

class ArrayTiming {
 public:
  explicit ArrayTiming(const ArrayDesign& design) : design_(design) {}
  virtual ~ArrayTiming() = default;
  const ArrayDesign& design() const { return design_; }

  /// Whether a pass of this shape has room: the two dimensions that the PEs hold.
  virtual bool fits(const PassShape&) const = 0;
  /// Cycles the load takes, whatever part of the array is in use; 0 where nothing is loaded.
  virtual Cycles load(const PassShape&) const { return 0; }
  /// Cycles (steps) the inputs are busy.
  virtual Cycles stream(const PassShape&) const = 0;
  /// The step, counted from 0, that brings the last operand of output (i, j), i < m, j < n.
  virtual Cycles last_step(const PassShape&, std::uint32_t i, std::uint32_t j) const = 0;
  /// Cycles from that step (at the array's corner) until output (i, j) stands at the array's edge.
  virtual Cycles travel(std::uint32_t i, std::uint32_t j) const = 0;
  /// The longest travel of any place, in use or not: how deep the pipeline is.
  virtual Cycles depth() const = 0;
  /// Cycles a pass keeps the way out; the last step of the next one is at least so much later than its own.
  /// 0 where sums leave as they are made.
  virtual Cycles drain(const PassShape&) const { return 0; }

  /// Cycles from the start of an undisturbed stream until output (i, j) stands at the edge.
  Cycles latency(const PassShape& pass, std::uint32_t i, std::uint32_t j) const {
    return last_step(pass, i, j) + travel(i, j);
  }
  /// Cycles from the start of an undisturbed stream until the array has computed for the last time.
  Cycles occupied(const PassShape& pass) const { return empty_from(stream(pass)); }
  /// First cycle in which the array has computed for the last time, for a stream that ends before cycle
  /// `end`. `more` is what an operand takes beyond the array's own pipeline.
  Cycle empty_from(Cycle end, Cycles more = 0) const { return std::max(end, end + depth() + more - 1); }

  /// Whether the next pass may begin before this one has left the array.
  bool overlap() const { return design_.overlap || design_.ideal_fill; }
  /// First cycle in which the pass after `before` may begin to load. With overlap: when the shadow registers
  /// are free, that is when `before` starts.
  Cycle next_load(const PassCycles& before) const {
    return overlap() ? before.start : empty_from(before.end);
  }
  /// First cycle in which the pass after `before` may start to stream; its own load comes on top. The second
  /// form says how long the next stream takes at least, where operands come slower than a step a cycle.
  Cycle next_start(const PassCycles& before, const PassShape& before_shape, const PassShape& next) const {
    return next_start(before, before_shape, stream(next));
  }
  Cycle next_start(const PassCycles& before, const PassShape& before_shape, Cycles next_stream) const;

 private:
  ArrayDesign design_;
};

/// The one table of dataflows; a design of ideal_fill keeps of its dataflow what fits and what streams.
/// Asserts that rows, columns, lanes and tree registers are at least 1.
std::unique_ptr<const ArrayTiming> make_array_timing(const ArrayDesign&);

}  // namespace nnp::sim
