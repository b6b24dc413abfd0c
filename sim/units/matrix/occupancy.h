// SPDX-License-Identifier: Apache-2.0
// For how many cycles the array held something - a load, a stream, sums on their way - by layer. A cycle that
// two passes share counts once, for the earlier; a cycle in which the array stands empty or holds a finished
// load counts for nobody.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "isa/arch/units.h"

namespace nnp::sim {

class Occupancy {
 public:
  /// [from, until) of `layer`; calls in order of `until`, or at least of passes.
  void add(std::uint16_t layer, Cycle from, Cycle until) {
    from = std::max(from, covered_);
    if (until <= from) return;
    if (layer >= by_layer_.size()) by_layer_.resize(layer + 1u, 0);
    by_layer_[layer] += until - from;
    covered_ = until;
  }
  const std::vector<Cycles>& by_layer() const { return by_layer_; }

 private:
  std::vector<Cycles> by_layer_;
  Cycle covered_ = 0;
};

}  // namespace nnp::sim
