// SPDX-License-Identifier: Apache-2.0
// Which bytes of the unified buffer hold something still to be read, between which two instructions: found
// from the program alone.
#pragma once

#include <span>
#include <vector>

#include "isa/program/program.h"
#include "traces/format/counters.h"

namespace nnp::traces {

/// In order of writers, then of addresses. Strided accesses count as the interval that bounds them
/// (isa/program/access.h).
std::vector<LiveRange> live_ranges(const isa::Program&, const isa::ArchSpec&);

/// One chunk of them.
RawChunk encode(std::span<const LiveRange>);
/// Throws std::runtime_error where the payload is not what the head says.
std::vector<LiveRange> decode_live_ranges(const ChunkHead&, const std::vector<std::uint8_t>& payload);

}  // namespace nnp::traces
