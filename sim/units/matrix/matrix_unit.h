// SPDX-License-Identifier: Apache-2.0
// The weight-stationary systolic array: double-buffered weights, one activation row a cycle, sums into the
// accumulators.
//
// A tile of weights shifts from the FIFO into shadow registers while the tile before it streams; a stream of
// m rows keeps the array active for m cycles (16-bit activations: 2 m). The sums of the last row leave rows +
// cols - 1 cycles later, and what a read of the buffer takes beyond one cycle.
#pragma once

#include "sim/units/buffers/slot_arbiter.h"
#include "sim/units/engine/engine.h"
#include "sim/units/engine/weight_tile.h"

namespace nnp::sim {

struct MatrixTiming {
  std::uint32_t shift_rows_per_cycle = 1;
  bool overlap = true;      // shift the next tile while this one streams
  Cycles read_latency = 1;  // of the buffer: a row enters the array so many cycles after its access
};

class MatrixUnit : public QueueEngine {
 public:
  MatrixUnit(std::string name, std::uint16_t unit_id, EngineContext context, std::size_t queue_depth,
             SlotArbiter& arbiter, const MatrixTiming& timing);

  /// The weight FIFO; the weight DMA pushes. A tile keeps its place until it has been shifted out.
  Channel<WeightTile>& weights() { return weights_; }

  void tick(Cycle now) override;
  Cycle next_event(Cycle now) const override;
  std::string waiting_for() const override;
  const Unit* waits_on() const override;
  std::uint16_t waiting_layer() const override;
  bool drained() const override {
    return QueueEngine::drained() && current_ == nullptr && weights_.empty() && !shifting_ && !loaded_;
  }
  void reset() override;
  /// Who fills the FIFO.
  void set_weight_source(std::uint16_t id, const Unit& unit) { weight_source_ = id, weight_unit_ = &unit; }

  std::uint64_t useful_macs() const { return useful_macs_; }
  /// Cycles without a stream in which the next instruction waited for data of another unit, whatever the
  /// weights did meanwhile.
  Cycles raw_stall_cycles() const { return raw_stall_; }

 private:
  void retire(Job& job) override;
  void start_stream(Cycle start);
  void see_tile(Cycle now);
  void publish_pass() const;
  void request_stream(Cycle now);
  bool tile_at_hand() const { return current_ != nullptr && tiles_left_ > 0; }
  bool job_at_hand() const { return tile_at_hand() || next_.has_value(); }
  bool needs_tile() const { return tile_at_hand() || next_ready(); }
  UnitState present_state(Cycle now) const;

  SlotArbiter& arbiter_;
  MatrixTiming timing_;
  Cycles shift_cycles_, pipeline_cycles_;
  Channel<WeightTile> weights_;
  std::uint16_t weight_source_ = kNoUnit;
  const Unit* weight_unit_ = nullptr;

  bool shifting_ = false, loaded_ = false;  // the shadow registers
  Cycle shift_end_ = 0;
  WeightTile shadow_;

  InFlight* current_ = nullptr;  // tiles of it stream or are still to stream
  std::uint32_t tiles_left_ = 0;
  bool streaming_ = false;
  Cycle stream_start_ = 0, stream_end_ = 0;
  WeightTile active_;  // the tile of the present stream
  Cycle active_shift_start_ = 0, active_shift_end_ = 0, shadow_shift_start_ = 0;
  StreamGrant grant_;
  Cycles stream_length_ = 0;
  std::deque<Address> strips_;  // weight address of each job in flight

  std::uint64_t useful_macs_ = 0;
  Cycles raw_stall_ = 0;
  Cycle raw_since_ = kNever;
};

/// acc (+)= A W for one MATMUL or CONV: the values, in bulk. `strip` is the device memory address of its
/// weights.
void execute_matrix(const Job& job, Address strip, ChipState& state);

}  // namespace nnp::sim
