// SPDX-License-Identifier: Apache-2.0
// A trace for Konata, the viewer of processor pipelines: one row an instruction, in order of dispatch.
// Format: "Kanata log format", version 0004, in Konata's documentation.
//
// Lane 0 has the stages Q (in its queue), T (waits for tokens), S (waits for its start), X (its work) and P
// (results on their way, signals behind what is in flight); lane 1 the unit's waits meanwhile, by cause. An
// arrow goes from an instruction to the one that its retirement released. Konata draws arrows between stages
// with an X in their name.
#pragma once

#include <ostream>

#include "traces/export/window.h"
#include "traces/format/trace_file.h"

namespace nnp::traces {

/// The time at which each stage of a row begins; end is that of the row. An instruction without work of its
/// own (CFG, WAIT, SIGNAL) is at X for one cycle; the row ends when others can see the retirement. Stages
/// of no cycles are left out.
struct KonataRow {
  Cycle queue, tokens, start, execute, pipeline, end;
};
KonataRow konata_row(const sim::InstructionSpan&);

/// Instructions whose row meets the window, whole. Throws TraceFileError where the trace is damaged.
void write_konata(const TraceFile&, Window, std::ostream&);

}  // namespace nnp::traces
