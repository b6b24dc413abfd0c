// SPDX-License-Identifier: Apache-2.0
#include "sim/units/dram/memory_channel.h"

#include "sim/units/dram/dram_channel.h"
#include "sim/units/dram/ideal_memory.h"

namespace nnp::sim {

std::unique_ptr<MemoryChannel> make_memory_channel(std::string name, ClockDomain& memory_domain,
                                                   const DramConfig& config, TraceSink* sink,
                                                   std::uint16_t unit_id) {
  if (config.standard == DramStandard::ideal) {
    return std::make_unique<IdealMemory>(std::move(name), memory_domain, config, sink, unit_id);
  }
  return std::make_unique<DramChannel>(std::move(name), memory_domain, config, sink, unit_id);
}

}  // namespace nnp::sim
