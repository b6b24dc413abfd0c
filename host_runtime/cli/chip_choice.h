// SPDX-License-Identifier: Apache-2.0
// The chip that a command line names, and the array that this build can plug into it.
#pragma once

#include <optional>

#include "host_runtime/cli/options.h"
#include "models/chips/chip_spec.h"
#include "sim/units/matrix/plugged_array.h"

namespace nnp::cli {

/// nullopt in a build without NNPSIM_RTL.
std::optional<sim::PluggedArray> array_of_this_build();

/// Loads the chip; `core.array.kind = "rtl"` becomes the plugged-in array's kind. Throws models::ChipError,
/// also where the chip wants an array that this build does not have.
models::ChipSpec load_chip(const ChipChoice&);

}  // namespace nnp::cli
