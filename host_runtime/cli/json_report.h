// SPDX-License-Identifier: Apache-2.0
// A RunRecord as the object of schema nnpsim.run/1 (docs/guide/cli.md): numbers, never texts with units; null
// where not known.
#pragma once

#include <string>

#include "host_runtime/cli/mapping_story.h"
#include "host_runtime/cli/run_record.h"

namespace nnp::cli {

std::string json_text(const RunRecord&);
/// What of it is the simulated machine's: equal for equal runs, whichever engine and host computed them, and
/// whether values were computed or not. What a trace keeps of its run.
std::string machine_json_text(const RunRecord&);

/// Its list `check`.
std::string checks_json_text(const RunRecord&);

/// One layer as an object of schema nnpsim.layer/1: the keys that it has in the run's, and which run.
std::string layer_json_text(const RunRecord&, const std::optional<MappingStory>&, std::size_t layer);

}  // namespace nnp::cli
