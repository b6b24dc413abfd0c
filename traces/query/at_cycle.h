// SPDX-License-Identifier: Apache-2.0
// The whole chip at one cycle: what each unit was in, for which instruction, with what in its queue and on
// its way.
#pragma once

#include <optional>
#include <vector>

#include "traces/format/trace_file.h"

namespace nnp::traces {

struct UnitAt {
  std::uint16_t unit = 0;
  Cycle cycle = 0;                           // of the unit's own clock
  std::optional<sim::StateRecord> record;    // nothing where an incomplete trace does not reach
  std::optional<sim::InstructionSpan> span;  // of the record's instruction, when it retired later on
  std::size_t queued = 0;                    // instructions in its queue
  std::size_t transfers_in_flight = 0;
  Bytes bytes_in_flight = 0;
  std::optional<sim::PassSpan> pass;  // the array's stream
};

/// `cycle` of the core clock. Units in the order of their ids.
std::vector<UnitAt> at_cycle(const TraceFile& file, Cycle cycle);

/// The cycle of the memory clock in which a core cycle begins.
Cycle memory_cycle(const TraceInfo& info, Cycle core_cycle);

}  // namespace nnp::traces
