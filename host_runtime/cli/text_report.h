// SPDX-License-Identifier: Apache-2.0
// A RunRecord for people: key figures, layers, where every unit's time went, checks, and what bounds the run.
#pragma once

#include <string>

#include "host_runtime/cli/run_record.h"

namespace nnp::cli {

/// The layer table has the longest layers only, unless `all_layers`.
std::string text_report(const RunRecord&, bool all_layers);

}  // namespace nnp::cli
