// SPDX-License-Identifier: Apache-2.0
// A trace for ui.perfetto.dev: a track of states for each unit with its layers, instructions and counters
// below it, and an arrow from each instruction to the work that it released.
//
// One core cycle is 1 ns of trace time, whatever the chip's clock. Idle time is a gap.
#pragma once

#include <ostream>

#include "traces/export/window.h"
#include "traces/format/trace_file.h"

namespace nnp::traces {

/// Slices that reach out of the window are cut at its edges. Throws TraceFileError where the trace is
/// damaged.
void write_perfetto(const TraceFile&, Window, std::ostream&);

}  // namespace nnp::traces
