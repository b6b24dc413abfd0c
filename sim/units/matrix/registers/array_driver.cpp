// SPDX-License-Identifier: Apache-2.0
#include "sim/units/matrix/registers/array_driver.h"

#include <deque>
#include <unordered_map>

#include "sim/kernel/assert.h"

namespace nnp::sim {
namespace {

/// A step at the array's corner.
struct Step {
  std::uint32_t pass, step;
};
using Steps = std::unordered_map<Cycle, Step>;

class Edges {
 public:
  Edges(const ArrayDesign& design, std::span<const PassValues> passes,
        std::span<const PassSchedule> schedules)
      : design_(design), passes_(passes), schedules_(schedules) {
    NNP_ASSERT(passes.size() == schedules.size(), "{} passes, {} schedules", passes.size(), schedules.size());
    for (std::uint32_t pass = 0; pass < passes.size(); ++pass) {
      note(loads_, pass, schedules[pass].load);
      note(streams_, pass, schedules[pass].stream);
    }
  }

  /// After this cycle nothing is at the corner any more.
  Cycle last() const { return last_; }

  ArrayInputs at(Cycle now) const {
    ArrayInputs inputs(design_);
    for (std::uint32_t row = 0; row < design_.rows; ++row)
      if (const Step* step = find(streams_, now, skew(row)))
        inputs.left[row] = left_operand(design_, passes_[step->pass], step->step, row);
    for (std::uint32_t col = 0; col < design_.cols; ++col) {
      if (const Step* step = find(streams_, now, skew(col))) {
        inputs.top[col] = top_operand(design_, passes_[step->pass], step->step, col);
        inputs.control[col].first = step->step == 0;
        inputs.control[col].last = step->step + 1 == schedules_[step->pass].stream.size();
      }
      inputs.control[col].shift = find(loads_, now, skew(col)) != nullptr;
      for (std::uint32_t lane = 0; lane < design_.lanes(); ++lane)
        if (const Step* step = find(loads_, now, skew(lane) + skew(col)))
          inputs.load[std::size_t{lane} * design_.cols + col] =
              load_operand(design_, passes_[step->pass], step->step, lane, col);
    }
    return inputs;
  }

 private:
  Cycles skew(std::uint32_t index) const { return design_.dataflow == Dataflow::adder_tree ? 0 : index; }
  void note(Steps& steps, std::uint32_t pass, const std::vector<Cycle>& cycles) {
    for (std::uint32_t step = 0; step < cycles.size(); ++step) {
      const bool fresh = steps.try_emplace(cycles[step], Step{pass, step}).second;
      NNP_ASSERT(fresh, "two steps in cycle {}", cycles[step]);
      last_ = std::max(last_, cycles[step]);
    }
  }
  static const Step* find(const Steps& steps, Cycle now, Cycles skew) {
    if (now < skew) return nullptr;
    const auto found = steps.find(now - skew);
    return found == steps.end() ? nullptr : &found->second;
  }

  const ArrayDesign& design_;
  std::span<const PassValues> passes_;
  std::span<const PassSchedule> schedules_;
  Steps loads_, streams_;
  Cycle last_ = 0;
};

/// Sorts the sums that leave into the outputs of their passes.
class Collector {
 public:
  Collector(const ArrayDesign& design, std::span<const PassValues> passes) : awaited_(places(design)) {
    for (std::uint32_t pass = 0; pass < passes.size(); ++pass) {
      const PassShape& shape = passes[pass].shape;
      const std::size_t size = std::size_t{shape.m} * shape.n;
      results_.push_back({std::vector<Cycle>(size, kNever), std::vector<std::int32_t>(size)});
      for (std::size_t place = 0; place < awaited_.size(); ++place) {
        const auto lane = static_cast<std::uint32_t>(place / design.cols),
                   col = static_cast<std::uint32_t>(place % design.cols);
        for (const auto& leaving : leaving_order(design, shape, lane, col))
          awaited_[place].push_back(
              {pass, leaving ? std::size_t{leaving->i} * shape.n + leaving->j : kUnused}),
              ++left_;
      }
    }
  }

  bool complete() const { return left_ == 0; }

  void take(Cycle now, const ArrayOutputs& outputs) {
    for (std::size_t place = 0; place < awaited_.size(); ++place) {
      if (!outputs[place].valid || awaited_[place].empty()) continue;
      const Awaited next = awaited_[place].front();
      awaited_[place].pop_front();
      --left_;
      if (next.index == kUnused) continue;
      PassResult& result = results_[next.pass];
      result.cycles[next.index] = now;
      // Wraps, as the accumulators do.
      result.values[next.index] =
          static_cast<std::int32_t>(static_cast<std::uint32_t>(result.values[next.index]) +
                                    static_cast<std::uint32_t>(outputs[place].value));
    }
  }

  std::vector<PassResult> take_results() { return std::move(results_); }

 private:
  static constexpr std::size_t kUnused = ~std::size_t{0};
  struct Awaited {
    std::uint32_t pass;
    std::size_t index;  // in the pass's output
  };
  static std::size_t places(const ArrayDesign& design) {
    return std::size_t{output_lanes(design)} * design.cols;
  }
  std::vector<std::deque<Awaited>> awaited_;  // [output lane][col]
  std::vector<PassResult> results_;
  std::size_t left_ = 0;
};

}  // namespace

std::vector<PassResult> run_passes(RegisterArray& array, std::span<const PassValues> passes,
                                   std::span<const PassSchedule> schedules, const CycleObserver& observe) {
  const ArrayDesign& design = array.design();
  const Edges edges(design, passes, schedules);
  Collector collector(design, passes);
  array.reset();
  // Longer than any way through an array; what has not come by then never comes.
  const Cycle end = edges.last() + 4 * (Cycles{design.rows} + design.cols) + design.tree_registers + 16;
  for (Cycle now = 0; now <= end && !collector.complete(); ++now) {
    collector.take(now, array.outputs());
    if (observe) observe(now, array);
    array.tick(edges.at(now));
  }
  return collector.take_results();
}

}  // namespace nnp::sim
