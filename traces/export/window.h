// SPDX-License-Identifier: Apache-2.0
// Which part of a run an export is about, and the one time axis that units of both clocks are drawn on.
#pragma once

#include "traces/format/metadata.h"

namespace nnp::traces {

/// Core cycles [from, to).
struct Window {
  Cycle from = 0, to = kNever;
  bool meets(Cycle start, Cycle end) const { return start < to && end > from; }
  Cycle clip(Cycle cycle) const { return cycle < from ? from : cycle > to ? to : cycle; }
};

/// The first core cycle that begins at or after the beginning of a cycle of the memory clock. The state of a
/// memory channel at core cycle c, as query --at tells it, is drawn from the first such c on.
Cycle core_cycle(const TraceInfo&, Cycle memory_cycle);
/// `cycle` of the unit's own clock on the core's axis.
Cycle on_core_axis(const TraceInfo&, std::uint16_t unit, Cycle cycle);
/// The window in cycles of the unit's own clock, as far as it matters for which records to read.
Window on_unit_axis(const TraceInfo&, std::uint16_t unit, Window);

}  // namespace nnp::traces
