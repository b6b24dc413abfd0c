// SPDX-License-Identifier: Apache-2.0
#include "traces/query/extent.h"

#include <algorithm>

namespace nnp::traces {

Cycles recorded_cycles(const TraceFile& file) {
  if (file.summary() && file.summary()->complete) return file.summary()->cycles;
  Cycle end = 0;
  for (std::size_t unit = 0; unit < file.info().units.size(); ++unit)
    if (!file.info().units[unit].memory_clock)
      if (const auto states = file.states(unit); !states.empty())
        end = std::max(end, states.back().start + states.back().length);
  return end;
}

}  // namespace nnp::traces
