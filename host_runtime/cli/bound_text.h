// SPDX-License-Identifier: Apache-2.0
// Bounds and gaps (host_runtime/bounds) for people.
#pragma once

#include <string>

#include "host_runtime/cli/run_record.h"

namespace nnp::cli {

/// "44,120 memory" for the layer table, "-" where there is no bound.
std::string bound_cell(const RunRecord&, std::size_t layer);

/// One line: the count, the fewest cycles, and where most of the difference went. Empty without bounds.
std::string bound_sentence(const RunRecord&);

/// A layer's bounds, its count and its gap by cause, largest first.
std::string layer_gap_text(const RunRecord&, std::size_t layer);

/// What a student reads beside the cycles of a gap's cause.
const char* explanation(bounds::Cause);

}  // namespace nnp::cli
