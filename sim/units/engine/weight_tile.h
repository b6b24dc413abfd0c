// SPDX-License-Identifier: Apache-2.0
// One tile of stationary weights on its way from the weight DMA to the array.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "isa/arch/units.h"

namespace nnp::sim {

/// The values of a whole strip, for the MATMUL or CONV that takes its tiles: stored tiles are read where they
/// lie, as programs do not write them; what lay in rows or columns of an activation was read when the WLOAD
/// began, [k][n] without gaps (null in a timing-only run).
struct WeightValues {
  Address stored = 0;
  bool gathered = false;
  std::shared_ptr<const std::vector<std::uint8_t>> weights;
};

struct WeightTile {
  WeightValues values;
  Bytes first = 0, row_bytes = 0;  // its own first weight in those, and from row to row
  std::uint32_t k = 0, n = 0;      // weights in use
  std::uint32_t instruction = 0;   // the WLOAD
  std::uint32_t number = 0;        // counts up from the start of the inference
  Cycle pushed = 0;                // into the FIFO
};

}  // namespace nnp::sim
