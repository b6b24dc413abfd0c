// SPDX-License-Identifier: Apache-2.0
// Real traces, small enough to be written in a moment: random networks on random chips.
#pragma once

#include <cstdint>
#include <string>

#include "traces/format/trace_writer.h"

namespace nnp::test {

/// Runs random network `seed` and writes its trace to `file`.
void write_small_trace(const std::string& file, std::uint64_t seed,
                       traces::TraceLevel level = traces::TraceLevel::full);

/// NNPSIM_SEED where it is set: a failing test names it.
std::uint64_t seed_or(std::uint64_t parameter);

}  // namespace nnp::test
