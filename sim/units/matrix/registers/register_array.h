// SPDX-License-Identifier: Apache-2.0
// The interface of an array that is simulated register by register: the one place where a designer plugs in
// an array of their own, be it C++, SystemC or verilated RTL. Plain C++.
//
// One tick is one rising clock edge. Before it, outputs() shows what stands in the output registers during
// the present cycle; tick(inputs) gives what is at the input edges during the present cycle and goes to the
// next one. Operands come skewed, as the wave of a systolic array wants them: if a step is at the corner in
// cycle t, row r gets its operand in t + r and column c its control in t + c (adder tree: all in t).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/units/matrix/timing/array_design.h"

namespace nnp::sim {

/// Which part of a 16-bit activation takes part in a product. The sums of both halves add up to the whole:
/// low counts as 0 to 255, high is signed and counts 256 times.
enum class Part : std::uint8_t { whole, low, high };

/// A moving operand at the left or upper edge. Not valid: a bubble, or a place that has nothing in this pass.
struct Operand {
  bool valid = false;
  Part part = Part::whole;
  std::int16_t value = 0;  // an activation of -128 to 255, or a weight
  bool operator==(const Operand&) const = default;
};

/// What a column is told in a cycle; comes in at the top and goes down one row a cycle.
struct Control {
  bool shift = false;  // the stationary operand moves one step
  bool first = false;  // first step of a pass: shadow registers count from this step on; sums begin at zero
  bool last = false;   // last step of a pass (output stationary: the sums are done)
  bool operator==(const Control&) const = default;
};

/// A sum that leaves the array.
struct Sum {
  bool valid = false;
  std::int32_t value = 0;  // wraps as the accumulators do
  bool operator==(const Sum&) const = default;
};

struct ArrayInputs {
  explicit ArrayInputs(const ArrayDesign& design)
      : left(design.rows), top(design.cols), control(design.cols), load(design.lanes() * design.cols) {}
  std::vector<Operand> left;       // [rows]
  std::vector<Operand> top;        // [cols]; output stationary only: weights
  std::vector<Control> control;    // [cols]
  std::vector<std::int16_t> load;  // [lanes][cols]: stationary operand; lane q enters at row q, skewed by it
};

/// [output_lanes][cols]: lane q is row rows - output_lanes + q; one lane, the lowest row, except output
/// stationary.
using ArrayOutputs = std::vector<Sum>;

struct RegisterValue {
  std::string name;
  std::int64_t value;
  bool operator==(const RegisterValue&) const = default;
};

class RegisterArray {
 public:
  virtual ~RegisterArray() = default;
  /// The design whose timing (make_array_timing) the array keeps.
  virtual const ArrayDesign& design() const = 0;
  /// All registers to zero, as after power-up. Not counted as a cycle.
  virtual void reset() = 0;
  /// One rising edge. The vectors have the lengths that ArrayInputs gives them.
  virtual void tick(const ArrayInputs&) = 0;
  /// The output registers, as they stand after the last tick.
  virtual ArrayOutputs outputs() const = 0;
  /// Every register of the PE at (row, col), always the same names in the same order; empty if the array does
  /// not show them.
  virtual std::vector<RegisterValue> registers(std::uint32_t row, std::uint32_t col) const = 0;
};

/// Lanes of outputs(): see there.
inline std::uint32_t output_lanes(const ArrayDesign& design) {
  return design.dataflow == Dataflow::output_stationary ? design.lanes() : 1;
}

}  // namespace nnp::sim
