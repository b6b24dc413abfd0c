// SPDX-License-Identifier: Apache-2.0
#include "sim/units/matrix/timing/array_timing.h"

#include "sim/kernel/assert.h"

namespace nnp::sim {

Cycle ArrayTiming::next_start(const PassCycles& before, const PassShape& before_shape,
                              Cycles next_stream) const {
  if (!overlap()) return empty_from(before.end);
  // The inputs are free at before.end. A short pass also waits for the way out: its last step, at start +
  // stream - 1 or later, comes no sooner than drain cycles after the last step of the pass before.
  const Cycle way_out = before.end + drain(before_shape);
  return std::max(before.end, way_out - std::min(way_out, next_stream));
}

namespace {

/// K x N weights stay; rows of activations enter from the left, skewed by a cycle a row, sums leave below,
/// skewed by a cycle a column.
class WeightStationaryTiming : public ArrayTiming {
 public:
  using ArrayTiming::ArrayTiming;
  bool fits(const PassShape& pass) const override {
    return pass.k <= design().rows && pass.n <= design().cols;
  }
  Cycles load(const PassShape&) const override { return design().moves(); }
  Cycles stream(const PassShape& pass) const override { return Cycles{pass.m} * pass.steps_per_vector(); }
  Cycles last_step(const PassShape& pass, std::uint32_t i, std::uint32_t) const override {
    return (Cycles{i} + 1) * pass.steps_per_vector() - 1;
  }
  Cycles travel(std::uint32_t, std::uint32_t j) const override { return Cycles{design().rows} + j; }
  Cycles depth() const override { return Cycles{design().rows} + design().cols - 1; }
};

/// K x M activations stay; columns of weights enter from the left. Column i of PEs makes row i of the output.
class InputStationaryTiming : public ArrayTiming {
 public:
  using ArrayTiming::ArrayTiming;
  bool fits(const PassShape& pass) const override {
    return pass.k <= design().rows && pass.m <= design().cols;
  }
  Cycles load(const PassShape&) const override { return design().moves(); }
  Cycles stream(const PassShape& pass) const override { return Cycles{pass.n} * pass.steps_per_vector(); }
  Cycles last_step(const PassShape& pass, std::uint32_t, std::uint32_t j) const override {
    return (Cycles{j} + 1) * pass.steps_per_vector() - 1;
  }
  Cycles travel(std::uint32_t i, std::uint32_t) const override { return Cycles{design().rows} + i; }
  Cycles depth() const override { return Cycles{design().rows} + design().cols - 1; }
};

/// M x N sums stay; activations enter from the left, weights from above, both skewed. A finished sum moves
/// into its PE's way-out register and down by `lanes` rows at a time; the wave that carried the operands has
/// one cycle a row, and so has the way out: a move of `lanes` rows takes 1 + lanes cycles.
class OutputStationaryTiming : public ArrayTiming {
 public:
  using ArrayTiming::ArrayTiming;
  bool fits(const PassShape& pass) const override {
    return pass.m <= design().rows && pass.n <= design().cols;
  }
  Cycles stream(const PassShape& pass) const override { return Cycles{pass.k} * pass.steps_per_vector(); }
  Cycles last_step(const PassShape& pass, std::uint32_t, std::uint32_t) const override {
    return stream(pass) - 1;
  }
  Cycles travel(std::uint32_t i, std::uint32_t j) const override {
    const std::uint32_t moves = (design().rows - 1 - i) / design().lanes();
    return 1 + Cycles{i} + j + Cycles{moves} * (1 + design().lanes());
  }
  // The last operand reaches the far corner; then the top row's sums have all moves but the first before
  // them.
  Cycles depth() const override { return Cycles{design().rows} + design().cols - 1 + design().moves() - 1; }
  Cycles drain(const PassShape&) const override { return design().moves(); }
};

/// K x N weights stay; a row of activations reaches all PEs in one cycle, and each column adds its products
/// in a pipelined tree.
class AdderTreeTiming : public WeightStationaryTiming {
 public:
  using WeightStationaryTiming::WeightStationaryTiming;
  Cycles travel(std::uint32_t, std::uint32_t) const override { return design().tree_registers; }
  Cycles depth() const override { return design().tree_registers; }
};

/// What fits and what streams is another timing's; nothing else takes time.
class IdealFillTiming : public ArrayTiming {
 public:
  IdealFillTiming(const ArrayDesign& design, std::unique_ptr<const ArrayTiming> of)
      : ArrayTiming(design), of_(std::move(of)) {}
  bool fits(const PassShape& pass) const override { return of_->fits(pass); }
  Cycles stream(const PassShape& pass) const override { return of_->stream(pass); }
  Cycles last_step(const PassShape& pass, std::uint32_t i, std::uint32_t j) const override {
    return of_->last_step(pass, i, j);
  }
  Cycles travel(std::uint32_t, std::uint32_t) const override { return 0; }
  Cycles depth() const override { return 0; }

 private:
  std::unique_ptr<const ArrayTiming> of_;
};

}  // namespace

std::unique_ptr<const ArrayTiming> make_array_timing(const ArrayDesign& design) {
  if (design.ideal_fill) {
    ArrayDesign real = design;
    real.ideal_fill = false;
    return std::make_unique<IdealFillTiming>(design, make_array_timing(real));
  }
  NNP_ASSERT(
      design.rows >= 1 && design.cols >= 1 && design.shift_rows_per_cycle >= 1 && design.tree_registers >= 1,
      "an array of {} x {}, {} rows a cycle, {} tree registers", design.rows, design.cols,
      design.shift_rows_per_cycle, design.tree_registers);
  switch (design.dataflow) {
    case Dataflow::weight_stationary:
      return std::make_unique<WeightStationaryTiming>(design);
    case Dataflow::output_stationary:
      return std::make_unique<OutputStationaryTiming>(design);
    case Dataflow::input_stationary:
      return std::make_unique<InputStationaryTiming>(design);
    case Dataflow::adder_tree:
      return std::make_unique<AdderTreeTiming>(design);
  }
  NNP_ASSERT(false, "dataflow {}", static_cast<int>(design.dataflow));
}

}  // namespace nnp::sim
