// SPDX-License-Identifier: Apache-2.0
// How far a trace reaches.
#pragma once

#include "traces/format/trace_file.h"

namespace nnp::traces {

/// Core cycles: the run's, or of an incomplete trace how far its records go.
Cycles recorded_cycles(const TraceFile&);

}  // namespace nnp::traces
