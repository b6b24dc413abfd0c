// SPDX-License-Identifier: Apache-2.0
#include "traces/export/window.h"

#include "traces/query/at_cycle.h"

namespace nnp::traces {

Cycle core_cycle(const TraceInfo& info, Cycle memory_cycle) {
  const std::uint64_t core = info.core_frequency_khz, memory = info.memory_frequency_khz;
  if (core == 0 || memory == 0) return memory_cycle;
  const std::uint64_t whole = memory_cycle / memory, rest = memory_cycle % memory;  // the product could wrap
  return whole * core + ceil_div(rest * core, memory);
}

Cycle on_core_axis(const TraceInfo& info, std::uint16_t unit, Cycle cycle) {
  return info.units[unit].memory_clock ? core_cycle(info, cycle) : cycle;
}

Window on_unit_axis(const TraceInfo& info, std::uint16_t unit, Window window) {
  if (!info.units[unit].memory_clock) return window;
  return {memory_cycle(info, window.from), window.to == kNever ? kNever : memory_cycle(info, window.to) + 1};
}

}  // namespace nnp::traces
