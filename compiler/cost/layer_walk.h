// SPDX-License-Identifier: Apache-2.0
// When the units of a chip are done with a cut layer: a few instructions of each kind in order, each as early
// as what it needs allows, and the rest of a kind at the pace that these settle to.
#pragma once

#include <array>

#include "compiler/cost/chip_rates.h"
#include "compiler/cost/layer_work.h"

namespace nnp::compiler {

class LayerWalk {
 public:
  LayerWalk(const MacProblem&, const MacTiling&, ir::DType activations, const models::ChipSpec&,
            const ChipRates&, const LayerWork&);
  /// Doorbell to interrupt.
  double cycles();
  double fill() const { return first_start_; }

 private:
  static constexpr int kPairs = 12, kRounds = 4;
  static constexpr std::size_t kSlots = 16, kFifo = 16, kStarts = 80;
  /// All that changes, in cycles since the doorbell or in counts: each a number that grows evenly once the
  /// walk has settled, so that a copy of it can be moved on.
  struct State {
    double processor = 0;                             // command processor: the next dispatch
    double fetched = 0, tiles = 0, instructions = 0;  // weights: end of the last transfer, tiles asked for
    double stream_end = 0, load_free = 0;             // array
    double drain_end = 0;
    double load_end = 0, store_end = 0;
    double memory = 0, load_backlog = 0, store_backlog = 0;  // time served; cycles of service still waiting
    double load_asked = 0;                                   // cycles of service, all loads
    double weights_left = 0,
           weights_ahead = 0;  // the same of weights: not served yet, served before they were due
    double first_read = 0,
           last_read = 0;  // of a band's input: what its first piece is read by is done; all is
    double input_from = 0,
           input_asked = 0;  // the load of the band at hand: its start, what was asked before it
    double next_from = 0, next_asked = 0;        // the same of the band that is loaded ahead
    double parameters = 0, next_parameters = 0;  // of the step at hand, of the next: in the buffer
    std::array<double, 2> step_drained{};        // latest steps: their last drain
    std::array<double, 2> stored{};              // latest steps: their last store
    std::array<double, kSlots> drained{};        // latest instructions, newest first
    std::array<double, kFifo> cumulative{}, first_pop{}, last_pop{};
    std::array<double, kStarts> starts{};
  };

  template <typename Body>
  void repeat(std::int64_t count, Body&& body);
  template <typename F>
  static void for_each_number(F&&);
  template <typename F>
  static void for_each_history(F&&);
  static State difference(const State& now, const State& before);
  static bool alike(const State&, const State&);
  std::int64_t pairs_alike(const State& change) const;
  void move_on(State change, double times);
  void band(const BandWork&, bool first, bool last);
  void step(const BandWork&, const SliceWork&, bool last_slice);
  void tile(const BandWork&, const SliceWork&, std::int64_t m, bool last_slice);
  void instruction(const ColumnRun&, std::int64_t m);
  void store(const SliceWork&, std::int64_t m);
  double slot_free() const;
  void dispatch(double instructions);
  double load(double bytes, double from);
  void load_band(const BandWork&);
  void load_parameters(const SliceWork&);
  void load_step(const BandWork&, const SliceWork&, bool new_band);
  double input_share(const BandWork&, std::int64_t positions) const;

  void serve_until(double time);
  double serve_weights(double from, double service);
  double load_done(double asked, double weights);
  double popped(double tile) const;

  const MacProblem& problem_;
  const MacTiling& tiling_;
  const models::ChipSpec& chip_;
  const ChipRates& rates_;
  const LayerWork& work_;
  double element_;  // bytes of an activation
  bool wide_;
  bool ahead_;
  double load_rate_, store_chunk_more_;
  double slots_ = 1, slots_before_ = 1, rows_ = 0,
         rows_before_ = 0;  // accumulators: of this step, of other ones before
  double changed_at_ = 0;
  double first_start_ = -1;
  double share_ = 0;           // of the band's input, that the instructions at hand read
  double band_bytes_ = 0;      // of the band's input
  std::int64_t position_ = 0;  // in the band, of the instructions at hand: their end
  double ahead_limit_ = 0;     // of weights_ahead
  State s_;
};

}  // namespace nnp::compiler
