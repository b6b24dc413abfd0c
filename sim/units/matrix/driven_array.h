// SPDX-License-Identifier: Apache-2.0
// A RegisterArray inside the matrix unit: gets the operands of every pass at its edges in the cycles that
// the chip decided - late segments, words and tiles included - and its sums become the instruction's values.
//
// The matrix unit says when a load and a segment begin; operands are taken from buffer and weight tile then.
// The array is ticked when an instruction retires, cycle by cycle up to its last sum. Every sum must stand
// at the edge in the cycle of ArrayTiming, else ArrayFault. So an array's values count, and its time is
// checked, not taken: the closed form stays the one clock, and both engines tick the array alike. Cycles in
// which nothing is in the array are left out.
#pragma once

#include <memory>

#include "sim/units/engine/weight_tile.h"
#include "sim/units/matrix/pass_plan.h"
#include "sim/units/matrix/registers/edge_feed.h"
#include "sim/units/matrix/registers/register_array.h"
#include "sim/units/matrix/registers/sum_watch.h"

namespace nnp::sim {

class DrivenArray {
 public:
  /// `read_latency` of the buffer: operands enter so many cycles after their access, less one. Throws
  /// std::invalid_argument unless array->design() is `timing`'s.
  DrivenArray(std::string name, std::unique_ptr<RegisterArray> array, const ArrayTiming& timing,
              const PassPlan& plan, Cycles read_latency, ChipState& state);

  // What the matrix unit does, in order of time; `now` is a cycle of its clock. No operand enters earlier.
  /// The weights of the next pass begin to shift in.
  void load_weights(Cycle now, const WeightTile& tile);
  /// The activations of pass `pass` of `job` begin to come from the buffer.
  void load_activations(Cycle now, const Job& job, std::uint32_t pass);
  /// Segment `index` of `job` begins to stream; `tile` has its weights.
  void start_segment(Cycle now, const Job& job, std::uint32_t index, const WeightTile& tile);
  /// `job` retires in `now`: its sums, into the accumulators.
  void retire(Cycle now, const Job& job);

  void reset();
  const std::string& name() const { return name_; }
  std::uint64_t passes() const { return passes_; }
  std::uint64_t sums() const { return watch_.sums(); }
  /// Clock edges the array got.
  std::uint64_t ticks() const { return ticks_; }

 private:
  struct Pass {
    std::uint32_t instruction = 0;
    std::shared_ptr<PassValues> values;
    std::shared_ptr<PassSums> sums;
    std::vector<std::vector<std::optional<Leaving>>> order;  // of the sums, at each place
    Cycle last_sum = 0;                                      // of those that are expected so far
  };
  void catch_up(Cycle now);
  void tick_through(Cycle last);
  void open_pass(const Job& job, std::uint32_t segment);
  void take_activations(const Job& job, std::uint32_t pass, PassValues& values);
  void take_weights(const Job& job, std::uint32_t index, const WeightTile& tile, PassValues& values) const;
  void stream(Cycle from, const Job& job, std::uint32_t index);
  void expect_sums(std::uint32_t step, Cycle cycle, bool last);
  void accumulate(const Job& job, const Pass& pass, bool add) const;

  std::string name_;
  std::unique_ptr<RegisterArray> array_;
  const ArrayTiming& timing_;
  const PassPlan& plan_;
  const ArrayDesign& design_;
  Cycles latency_;  // of a word from the buffer, beyond the first cycle
  ChipState& state_;

  EdgeFeed feed_;
  SumWatch watch_;
  Cycle now_ = 0;                       // outputs() shows this cycle
  std::shared_ptr<PassValues> loaded_;  // of the next pass, as far as its load brings them
  std::deque<Pass> open_;               // not retired
  std::uint32_t a_of_ = kNoInstruction;
  std::vector<std::int16_t> a_;  // of instruction a_of_: [m][k]
  std::uint64_t passes_ = 0, ticks_ = 0;
};

}  // namespace nnp::sim
