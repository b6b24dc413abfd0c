// SPDX-License-Identifier: Apache-2.0
// --check: asks each reference that was named, and says what their verdicts mean for the exit code.
#pragma once

#include "host_runtime/cli/options.h"
#include "host_runtime/cli/progress.h"
#include "host_runtime/compare/comparison.h"

namespace nnp::cli {

struct Workload;

/// The references to ask: --check, else naive, else (timing only) none.
std::vector<std::string> wanted_checks(const ExecutionChoice&);
bool wants_accumulators(const ExecutionChoice&);

std::vector<compare::Comparison> run_checks(const Workload&, const std::vector<ir::Tensor>& inputs,
                                            const compare::ChipEvidence&, const ExecutionChoice&, Progress&);

/// Warns on stderr of checks that were skipped or are mistrusted; with `strict` they count as failed.
bool checks_hold(const std::vector<compare::Comparison>&, bool strict);

}  // namespace nnp::cli
