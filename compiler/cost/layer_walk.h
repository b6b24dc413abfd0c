// SPDX-License-Identifier: Apache-2.0
// When the units of a chip are done with a cut layer: its instructions in the order of codegen/mac.cpp, each
// as early as what it needs allows, a few of each kind one by one and the others at the pace that these
// settle to.
#pragma once

#include "compiler/cost/unit_times.h"
#include "compiler/cost/walk_state.h"

namespace nnp::compiler {

/// From a retirement to the start of what waits for its token: seen a cycle later, and a cycle to ask the
/// buffer (engine/tokens.h, engine/serial_engine.cpp, matrix_unit.cpp).
inline constexpr double kTokenCycles = 2;

class LayerWalk {
 public:
  LayerWalk(const MacProblem&, const MacTiling&, const models::ChipSpec&, const ChipRates&, const LayerWork&,
            const UnitTimes&);
  /// Doorbell to interrupt.
  double cycles();
  /// Until the first product starts, and from the end of the last one.
  double fill() const { return fill_; }

 private:
  struct Run {  // of a slice, on a whole tile of positions and on the last
    std::int64_t count;
    ProductTimes whole, rest;
  };
  using Slice = std::vector<Run>;

  void repeat(std::int64_t count, auto&& body);
  void plan_band(const BandWork&);
  void band(const BandWork&, const BandWork& next, bool first, bool last);
  void step(const BandWork&, std::size_t slice, bool last_slice);
  void tile(const BandWork&, std::size_t slice, std::int64_t end, std::int64_t m, bool last_slice);
  void product(const ProductTimes&);
  double weights(const ProductTimes&);
  double input(const ProductTimes&);
  double slot_free() const;
  double popped(double tile) const;
  double sum(const SliceWork&, std::int64_t end, std::int64_t m);
  double pool(const SliceWork&, std::int64_t m);
  double results_free() const;
  double stored_free() const;
  void store(const SliceWork&, std::int64_t m, double ready);

  void dispatch(double instructions);
  double load(double bytes, double from);
  void occupy_load(double cycles, double service, double from);
  void load_band(const BandWork&);
  void load_addend(const BandWork&, const SliceWork&);
  void load_step(const BandWork&, const SliceWork&, bool new_band);
  double input_share(const BandWork&, std::int64_t positions) const;

  const MacProblem& problem_;
  const models::ChipSpec& chip_;
  const ChipRates& rates_;
  const LayerWork& work_;
  const UnitTimes& times_;
  bool ahead_;  // loads stand a step before what they are for

  const BandWork* planned_ = nullptr;
  std::vector<Slice> slices_;    // of the band at hand
  double input_bytes_ = 0;       // of it, what the tile at hand needs
  double early_limit_ = 0;       // of SharedMemory::weights_early
  double slots_ = 1, rows_ = 0;  // accumulators: tiles, and rows of each
  double slots_before_ = 1, rows_before_ = 0,
         changed_at_ = 0;  // in steps of another size before; since which product
  double first_start_ = -1, fill_ = 0;
  WalkState s_;
};

}  // namespace nnp::compiler
