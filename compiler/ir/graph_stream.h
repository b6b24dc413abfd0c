// SPDX-License-Identifier: Apache-2.0
// serialize() piece by piece, for a file or a pipe, and deserialize() of a graph of whose constants few are
// needed: the bytes are never all in memory.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "compiler/ir/graph.h"

namespace nnp::ir {

using ByteSink = std::function<void(std::span<const std::uint8_t>)>;

/// The bytes of serialize(graph), in order; a constant's bytes are handed over where they lie.
void serialize(const Graph&, const ByteSink&);
/// Of all constants together: nearly all of what serialize() makes.
std::uint64_t constant_bytes(const Graph&);

/// Which constants of a graph get their bytes; asked when the graph has been verified.
using ConstantChoice = std::function<std::vector<bool>(const Graph&)>;

/// deserialize() of a graph that is not computed by the host: the constants that `kept` leaves out have type
/// and shape, and no bytes, which nobody reads from `bytes` either.
Graph deserialize(std::span<const std::uint8_t> bytes, const ConstantChoice& kept);

}  // namespace nnp::ir
