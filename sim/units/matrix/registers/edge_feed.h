// SPDX-License-Identifier: Apache-2.0
// What is at an array's input edges in each cycle, from the cycles in which load and stream steps are at its
// corner: operands and control are skewed as register_array.h says.
#pragma once

#include <map>
#include <memory>

#include "isa/arch/units.h"
#include "sim/units/matrix/registers/pass_feed.h"

namespace nnp::sim {

class EdgeFeed {
 public:
  explicit EdgeFeed(const ArrayDesign& design) : design_(design) {}

  /// A step of a pass's load, or of its stream, at the corner in `cycle`: one of each kind a cycle. The
  /// values are read when the step reaches an edge.
  void load(Cycle cycle, std::shared_ptr<const PassValues>, std::uint32_t step);
  void stream(Cycle cycle, std::shared_ptr<const PassValues>, std::uint32_t step, bool first, bool last);
  /// The stationary operand is swapped in (sums begin at zero) in `cycle` while no operands come.
  void swap_in(Cycle cycle);

  ArrayInputs at(Cycle now) const;
  /// Until when something that is known now is at an edge: after the last step, skew included.
  Cycle end() const;
  /// Nobody asks for cycles before `now` any more.
  void forget_before(Cycle now);

 private:
  struct Step {
    std::shared_ptr<const PassValues> values;  // none: a bubble with control
    std::uint32_t step = 0;
    bool first = false, last = false;
  };
  using Steps = std::map<Cycle, Step>;
  Cycles skew(std::uint32_t index) const { return design_.dataflow == Dataflow::adder_tree ? 0 : index; }
  Cycles most_skew() const { return Cycles{design_.rows} + design_.cols; }
  void note(Steps& steps, Cycle cycle, Step step);
  static const Step* find(const Steps& steps, Cycle now, Cycles skew);

  ArrayDesign design_;
  Steps loads_, streams_;
  Cycle last_ = 0;
};

}  // namespace nnp::sim
