// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/import_choice.h"

#include "compiler/frontend/import_apart.h"
#include "host_runtime/cli/interrupt.h"

namespace nnp::cli {

ir::Graph import_interruptibly(const std::filesystem::path& file, const compiler::ImportOptions& options) {
  compiler::ProcessLimits limits = compiler::import_limits(file);
  limits.poll = stop_if_interrupted;
  return compiler::import_network_apart(file, options, limits);
}

}  // namespace nnp::cli
