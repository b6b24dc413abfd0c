// SPDX-License-Identifier: Apache-2.0
// A zoo network through the whole way: compile, run, and what the judges say.
#pragma once

#include <string>

#include "compiler/compile.h"
#include "host_runtime/compare/comparison.h"
#include "host_runtime/executor/executor.h"
#include "models/chips/chip_spec.h"

namespace nnp::test {

struct NetworkRun {
  models::ChipSpec chip;
  compiler::CompiledNetwork compiled;
  executor::Inference inference;
  compare::Comparison naive, onednn;
};

/// `steps` of a sequence; 0: the zoo's default.
compiler::CompiledNetwork compile_network(const std::string& network, const models::ChipSpec& chip,
                                          std::int64_t steps = 0);

/// `overrides` as --set. Judges only when `check`.
NetworkRun run_network(const std::string& network, const std::string& chip,
                       const std::vector<std::string>& overrides = {}, bool check = true);

}  // namespace nnp::test
