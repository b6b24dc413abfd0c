// SPDX-License-Identifier: Apache-2.0
// One tile of stationary weights on its way from the weight DMA to the array.
#pragma once

#include <cstdint>

#include "isa/arch/units.h"

namespace nnp::sim {

struct WeightTile {
  Address strip = 0;              // device memory address of the whole strip it belongs to
  Address address = 0;            // and of its own first weight
  std::uint32_t k = 0, n = 0;     // weights in use
  std::uint32_t instruction = 0;  // the WLOAD
  std::uint32_t number = 0;       // counts up from the start of the inference
  Cycle pushed = 0;               // into the FIFO
};

}  // namespace nnp::sim
