// SPDX-License-Identifier: Apache-2.0
// The units of a chip that keep an account, in the order of their ids.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/chips/chip_spec.h"

namespace nnp::sim {

enum UnitId : std::uint16_t {
  kCommand,
  kHostDma,
  kLoad,
  kWeight,
  kMatrix,
  kDrain,
  kVector,
  kStore,
  kFirstMemory
};

struct UnitDescription {
  std::string name;
  std::string kind;  // command_processor, dma, array, drain, vector, memory
  std::string description;
  bool memory_clock = false;
};

/// By unit id: the core's eight, then one for each memory channel.
std::vector<UnitDescription> describe_units(const models::ChipSpec&);

}  // namespace nnp::sim
