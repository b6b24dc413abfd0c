// SPDX-License-Identifier: Apache-2.0
#include "traces/query/at_cycle.h"

#include <algorithm>

namespace nnp::traces {

Cycle memory_cycle(const TraceInfo& info, Cycle core_cycle) {
  if (info.core_frequency_khz == 0) return core_cycle;
  const std::uint64_t whole = core_cycle / info.core_frequency_khz,
                      rest = core_cycle % info.core_frequency_khz;
  return whole * info.memory_frequency_khz + rest * info.memory_frequency_khz / info.core_frequency_khz;
}

std::vector<UnitAt> at_cycle(const TraceFile& file, Cycle cycle) {
  std::vector<UnitAt> units;
  for (std::uint16_t id = 0; id < file.info().units.size(); ++id) {
    UnitAt at;
    at.unit = id;
    at.cycle = file.info().units[id].memory_clock ? memory_cycle(file.info(), cycle) : cycle;
    for (const sim::StateRecord& record : file.states(id, at.cycle, at.cycle + 1))
      if (record.start <= at.cycle && at.cycle < record.start + record.length) at.record = record;
    for (const sim::InstructionSpan& span : file.instructions(id, at.cycle, at.cycle + 1)) {
      if (at.record && span.instruction == at.record->state.instruction) at.span = span;
      if (span.dispatched < at.cycle && at.cycle <= span.decoded) ++at.queued;
    }
    for (const sim::TransferSpan& span : file.transfers(id, at.cycle, at.cycle + 1))
      if (span.sent <= at.cycle && at.cycle < span.answered)
        ++at.transfers_in_flight, at.bytes_in_flight += span.bytes;
    for (const sim::PassSpan& span : file.passes(id, at.cycle, at.cycle + 1))
      if (span.stream_start <= at.cycle && at.cycle < span.stream_end) at.pass = span;
    units.push_back(at);
  }
  return units;
}

}  // namespace nnp::traces
