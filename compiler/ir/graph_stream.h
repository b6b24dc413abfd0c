// SPDX-License-Identifier: Apache-2.0
// serialize() piece by piece, for a file or a pipe: the bytes are never all in memory.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "compiler/ir/graph.h"

namespace nnp::ir {

using ByteSink = std::function<void(std::span<const std::uint8_t>)>;

/// The bytes of serialize(graph), in order; a constant's bytes are handed over where they lie.
void serialize(const Graph&, const ByteSink&);
/// Of all constants together: nearly all of what serialize() makes.
std::uint64_t constant_bytes(const Graph&);

}  // namespace nnp::ir
