// SPDX-License-Identifier: Apache-2.0
// How long each unit works for one matrix instruction, load or store, undisturbed. Each formula names its
// unit's file.
#pragma once

#include <algorithm>

#include "compiler/cost/chip_rates.h"
#include "compiler/cost/layer_work.h"

namespace nnp::compiler {

/// A WLOAD, its product and its drains.
struct ProductTimes {
  double tiles = 0;         // weight tiles
  double tile_service = 0;  // of the memory for a tile
  double tile_apart = 0;    // tiles of a long strip arrive so far apart at least
  double tile_latency = 0;  // from the request for a tile, beyond tile_apart
  double passes = 0;
  double stream = 0;  // of a pass
  double pass = 0;    // from one to the next
  double drain = 0;
};

class UnitTimes {
 public:
  UnitTimes(const MacProblem&, ir::DType activations, const models::ChipSpec&, const ChipRates&);

  ProductTimes product(const ColumnRun&, std::int64_t m) const;
  /// The store engine's for a tile of m positions of a slice: to ask for it, and until it is stored.
  double store_requests(const LayerWork&, const SliceWork&, std::int64_t m) const;
  double store(const LayerWork& work, const SliceWork& slice, std::int64_t m) const {
    return std::max(store_requests(work, slice, m), store_service(work, slice, m));
  }
  /// The memory's: a run of a slice's channels takes whole accesses.
  double store_service(const LayerWork&, const SliceWork&, std::int64_t m) const;

  /// The vector unit's for a fused sum's tile of m positions of a slice, and until its results are there.
  double sum(const LayerWork&, const SliceWork&, std::int64_t m) const;
  /// The same for a fused pool's windows of m positions; every position is read once.
  double pool(const SliceWork& slice, std::int64_t m) const;
  double sum_latency() const { return chip_.vector.latency_cycles + chip_.buffer.read_latency_cycles - 1.0; }

  /// A fused sum's addend of so many positions of a slice: the load engine's cycles, and the memory's. Runs
  /// of a slice's channels are requests of their own and take whole accesses.
  double addend(const LayerWork&, const SliceWork&, std::int64_t positions) const;
  double addend_service(const LayerWork& work, const SliceWork& slice, std::int64_t positions) const {
    return store_service(work, slice, positions);
  }

  double load_rate() const { return load_rate_; }          // bytes a cycle that the load engine moves
  double load_window() const { return service(window_); }  // of the memory, that loads may have under way
  /// From the start of the last request of a load until its bytes are in the buffer, beyond their time.
  double load_latency(double bytes) const;
  double service(double bytes) const { return bytes / rates_.bytes_per_cycle; }
  double drain_latency() const { return chip_.drain.latency_cycles + chip_.buffer.read_latency_cycles - 1.0; }

 private:
  const MacShape& shape_;
  const models::ChipSpec& chip_;
  const ChipRates& rates_;
  double element_;  // bytes of an activation
  double word_, request_, window_;
  double load_rate_;
};

}  // namespace nnp::compiler
