// SPDX-License-Identifier: Apache-2.0
// A memory from texts NAME=VALUE: timing symbols and the controller's own settings under one roof.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/units/dram/memories.h"

namespace nnp::sim {

/// The preset with timing symbols and these settings replaced, in their order: queue_depth, row_hit_cap,
/// write_high_percent, write_low_percent, page_policy (open, closed), refresh (all_bank, per_bank, off),
/// ranks, and for the preset ideal ideal_bandwidth (bytes a second) and ideal_latency (seconds).
/// Throws std::invalid_argument: unknown preset or name (with the nearest one), bad value (with what is
/// allowed).
DramConfig make_dram_config_from_text(std::string_view preset,
                                      const std::vector<std::pair<std::string, std::string>>& settings);

const char* to_string(PagePolicy);
const char* to_string(RefreshMode);

}  // namespace nnp::sim
