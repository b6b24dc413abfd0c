// SPDX-License-Identifier: Apache-2.0
// How every command imports a network: in a process apart, with limits, stopped by Ctrl-C.
#pragma once

#include <filesystem>

#include "compiler/frontend/frontend.h"

namespace nnp::cli {

/// Throws what compiler::import_network_apart throws, and device::InterruptedError after a signal.
ir::Graph import_interruptibly(const std::filesystem::path&, const compiler::ImportOptions&);

}  // namespace nnp::cli
