// SPDX-License-Identifier: Apache-2.0
// A chip as what runs the conformance tests.
#pragma once

#include <memory>

#include "host_runtime/conformance/backend.h"
#include "models/chips/chip_spec.h"

namespace nnp::cli {

/// Compiles a model in the chip's own precision (compiler::default_precision) and executes it on the
/// simulated chip; what the chip has no code for runs on the host.
std::unique_ptr<conformance::Backend> make_chip_backend(models::ChipSpec);

}  // namespace nnp::cli
