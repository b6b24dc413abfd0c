// SPDX-License-Identifier: Apache-2.0
// Which bytes of the unified buffer hold something still to be read, between which two instructions: found
// from the program alone.
#pragma once

#include <vector>

#include "isa/program/program.h"
#include "traces/format/counters.h"

namespace nnp::traces {

/// In no particular order. Strided accesses count as the interval that bounds them (isa/program/access.h).
std::vector<LiveRange> live_ranges(const isa::Program&, const isa::ArchSpec&);

}  // namespace nnp::traces
