// SPDX-License-Identifier: Apache-2.0
#include "sim/chip/chip_units.h"

#include <fmt/format.h>

namespace nnp::sim {

std::vector<UnitDescription> describe_units(const models::ChipSpec& spec) {
  const std::string array = fmt::format("{}x{}", spec.arch.array_rows, spec.arch.array_cols);
  std::vector<UnitDescription> units{
      {"command_processor", "command_processor",
       "fetches the instruction stream and hands each instruction to its queue"},
      {"host_dma", "dma", "moves data between host memory and the chip over PCIe"},
      {"load_dma", "dma", "moves data from device memory into the unified buffer"},
      {"weight_dma", "dma", "fetches weight tiles from device memory into the weight FIFO"},
      {"matrix", "array", "the systolic array of " + array + " multiply-accumulate cells"},
      {"drain", "drain", "takes sums from the accumulators, scales and rounds them into the unified buffer"},
      {"vector", "vector", "elementwise operations, tables, pooling and moves within the unified buffer"},
      {"store_dma", "dma", "moves data from the unified buffer to device memory"},
  };
  for (std::uint32_t channel = 0; channel < spec.memory.channels; ++channel)
    units.push_back({fmt::format("dram{}", channel), "memory",
                     fmt::format("device memory channel {}: controller and {}", channel, spec.memory.preset),
                     true});
  return units;
}

}  // namespace nnp::sim
