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
    double processor = 0;                  // command processor: the next dispatch
    double fetched = 0, tiles = 0;         // weights: end of the last transfer, tiles asked for
    double stream_end = 0, load_free = 0;  // array
    double drain_end = 0;
    double load_end = 0, store_end = 0;
    double memory = 0, load_backlog = 0, store_backlog = 0;  // time served; cycles of service still waiting
    double load_asked = 0;                                   // cycles of service, all loads
    double weights_left = 0,
           weights_ahead = 0;              // the same of weights: not served yet, served before they were due
    double first_read = 0, last_read = 0;  // of a band's input: its first and last instruction is done
    std::array<double, 2> stored{};        // latest steps: their last store
    std::array<double, kSlots> drained{};  // latest instructions, newest first
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
  void move_on(const State& change, double times);
  void band(const BandWork&, bool last_kind, std::int64_t index);
  void step(const BandWork&, const SliceWork&, bool last_slice);
  void tile(const BandWork&, const SliceWork&, std::int64_t m, bool first, bool last);
  void instruction(const ColumnRun&, std::int64_t m);
  void store(const SliceWork&, std::int64_t m);
  void load_band(const BandWork&, std::int64_t pieces);
  void load_parameters(const SliceWork&);

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
  double slots_ = 1;
  double first_start_ = -1;
  // The band at hand.
  double input_from_ = 0, input_piece_ = 0,
         input_asked_ = 0;  // its load: allowed, a piece's service, asked before it
  double next_from_ = 0, next_piece_ = 0, next_asked_ = 0;  // of the band that is loaded ahead
  double piece_ = 0;                                        // of the instruction row at hand
  State s_;
};

}  // namespace nnp::compiler
