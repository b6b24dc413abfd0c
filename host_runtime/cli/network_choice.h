// SPDX-License-Identifier: Apache-2.0
// NETWORK on the command line -> a file and the sizes of its symbolic dimensions.
#pragma once

#include <filesystem>

#include "compiler/frontend/frontend.h"
#include "host_runtime/cli/options.h"

namespace nnp::cli {

struct ResolvedNetwork {
  std::string name;  // for reports
  std::filesystem::path file;
  compiler::ImportOptions import;
};

/// Builds a zoo network's file when the cache lacks it. Throws UsageError.
ResolvedNetwork resolve_network(const NetworkChoice&, std::uint64_t seed);

/// Inferences that one run of the graph makes: as asked for, else the first dimension of an image input,
/// else 1. Throws UsageError when the inputs' fixed shapes do not have the batch that was asked for.
std::uint32_t batch_of(const ir::Graph&, const NetworkChoice&, const compiler::ImportOptions&);

}  // namespace nnp::cli
