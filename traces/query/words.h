// SPDX-License-Identifier: Apache-2.0
// What queries and exports call units, layers and releases.
#pragma once

#include <string>

#include "sim/kernel/trace.h"
#include "traces/format/metadata.h"

namespace nnp::traces {

/// "matrix"; "pcie" for the link, "" for none or one that the trace does not know.
std::string unit_word(const TraceInfo&, std::uint16_t unit);
std::string layer_word(const TraceInfo&, std::uint16_t layer);
/// What stands behind "ended by": "instruction 17 of drain, which retired".
std::string release_words(const TraceInfo&, const sim::Release&);
/// The kind alone, one word: "retired", "tile_taken".
const char* to_string(sim::Release::Kind);

}  // namespace nnp::traces
