// SPDX-License-Identifier: Apache-2.0
// The PE array with its weight FIFO: passes of MATMULs and CONVs through one of the kinds of timing/, sums
// into the accumulators. pass_plan.h says what a pass loads and streams; ArrayTiming when the next may
// follow.
//
// A load (weights from the FIFO, or activations from the buffer) goes on while the pass before streams,
// unless `overlap` is off. A stream takes its activations from the buffer, in phases that the arbiter gave,
// or its weights from the FIFO, or both; what is late is a bubble. The sums of the last vector are in the
// accumulators `depth` cycles after the stream, and what a read of the buffer takes beyond one cycle.
#pragma once

#include <memory>

#include "sim/units/buffers/slot_arbiter.h"
#include "sim/units/engine/engine.h"
#include "sim/units/engine/weight_tile.h"
#include "sim/units/matrix/driven_array.h"
#include "sim/units/matrix/occupancy.h"
#include "sim/units/matrix/pass_plan.h"

namespace nnp::sim {

class MatrixUnit : public QueueEngine {
 public:
  /// `read_latency` of the buffer: an operand enters the array so many cycles after its access.
  MatrixUnit(std::string name, std::uint16_t unit_id, EngineContext context, std::size_t queue_depth,
             SlotArbiter& arbiter, const ArrayDesign& design, Cycles read_latency);

  /// The weight FIFO; the weight DMA pushes. A tile keeps its place until it has been shifted out, or has
  /// streamed.
  Channel<WeightTile>& weights() { return weights_; }

  void tick(Cycle now) override;
  Cycle next_event(Cycle now) const override;
  std::string waiting_for() const override;
  const Unit* waits_on() const override;
  std::uint16_t waiting_layer() const override;
  bool drained() const override {
    return QueueEngine::drained() && current_ == nullptr && weights_.empty() && !loading_ && !loaded_;
  }
  void reset() override;
  /// The values come from this array from now on, and its sums must leave in the cycles of the design.
  /// Throws std::invalid_argument for an array of another design. `name` is for messages.
  void drive(std::string name, std::unique_ptr<RegisterArray> array);
  /// nullptr where the values are computed in bulk.
  const DrivenArray* driven() const { return driven_.get(); }
  /// Who fills the FIFO.
  void set_weight_source(std::uint16_t id, const Unit& unit) { weight_source_ = id, weight_unit_ = &unit; }

  std::uint64_t useful_macs() const { return useful_macs_; }
  /// Cycles without a stream in which the next instruction waited for data of another unit, whatever the
  /// weights did meanwhile.
  Cycles raw_stall_cycles() const { return raw_stall_; }
  /// Cycles in which the array held something, by layer.
  const std::vector<Cycles>& occupied_by_layer() const { return occupancy_.by_layer(); }

 private:
  void retire(Job& job) override;
  void see_tile(Cycle now);
  void end_stream();
  void start_stream(Cycle start);
  void begin_load(Cycle now);
  void load_at_once(Cycle now);
  void request_stream(Cycle now);
  void publish_segment() const;

  bool segment_at_hand() const { return current_ != nullptr && segment_ < segments_; }
  bool job_at_hand() const { return segment_at_hand() || next_.has_value(); }
  /// The instruction of the segment that streams next; only when job_at_hand().
  const Job& job_of_next_segment() const { return segment_at_hand() ? current_->job : *next_; }
  const Segment& next_segment() const;
  /// The next pass that has not been loaded: its instruction, and which of its passes. nullptr when none has
  /// its tokens.
  std::pair<const Job*, std::uint32_t> next_load() const;
  bool weights_ready(Cycle at) const;
  bool waits_for_weights() const;
  Cycle earliest_start() const;
  bool needs_tile() const { return segment_at_hand() || next_ready(); }
  bool empty_at(Cycle at) const { return !pass_open_ && at >= empty_from_; }
  UnitState present_state(Cycle now) const;

  SlotArbiter& arbiter_;
  std::unique_ptr<const ArrayTiming> timing_;
  PassPlan plan_;
  Cycles read_latency_;
  Cycles load_latency_, pipeline_cycles_;  // last access to loaded; end of a stream to accumulators
  Channel<WeightTile> weights_;
  std::uint16_t weight_source_ = kNoUnit;
  const Unit* weight_unit_ = nullptr;
  StreamGrant grant_;  // of the next stream, or of the next load

  bool loading_ = false, loaded_ = false;  // the shadow registers
  Cycle load_start_ = 0, load_end_ = 0;
  WeightTile shadow_;

  InFlight* current_ = nullptr;  // segments of it stream or are still to stream
  std::uint32_t segment_ = 0, segments_ = 0;
  mutable Segment planned_;  // of this instruction, its next: asked for in every tick
  mutable std::uint32_t planned_job_ = kNoInstruction, planned_number_ = 0;
  bool streaming_ = false;
  Cycle stream_start_ = 0, stream_end_ = 0;
  WeightTile active_;  // of the present stream
  Cycle active_shift_start_ = 0, active_shift_end_ = 0;

  bool pass_open_ = false;  // segments of it are still to start
  PassCycles pass_;         // the present or latest one
  PassShape pass_shape_;
  Cycle empty_from_ = 0;  // the array has computed for the last time
  UnitState emptying_;    // what it is in until then, without overlap

  std::deque<WeightValues> strips_;      // weights of each job in flight
  std::unique_ptr<DrivenArray> driven_;  // none: values in bulk
  Occupancy occupancy_;
  std::uint64_t useful_macs_ = 0;
  Cycles raw_stall_ = 0;
  Cycle raw_since_ = kNever;
};

/// acc (+)= A W for one MATMUL or CONV: the values, in bulk.
void execute_matrix(const Job& job, const WeightValues& weights, ChipState& state);

}  // namespace nnp::sim
