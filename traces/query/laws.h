// SPDX-License-Identifier: Apache-2.0
// What must hold in every trace, checked from the file alone.
#pragma once

#include <string>
#include <vector>

#include "traces/query/trace_graph.h"

namespace nnp::traces {

/// 1. The states of a unit cover its time without gap or overlap. 2. Their sums are those of the summary.
/// 3. A wait ends exactly when what ended it can be seen. 4. Only waits for a unit's own timer end by
/// themselves. 5. The chain behind every wait reaches a root. 6. The critical path's pieces sum to the
/// cycles. Returns a sentence for each breach, at most `most`.
std::vector<std::string> breached_laws(const TraceFile& file, const TraceGraph& graph, std::size_t most = 16);

/// Sums of a unit's states.
TraceAccount account_of(const std::vector<sim::StateRecord>& states);

}  // namespace nnp::traces
