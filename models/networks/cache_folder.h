// SPDX-License-Identifier: Apache-2.0
// Where nnpsim keeps what it can make again.
#pragma once

#include <filesystem>

namespace nnp::models {

/// $NNPSIM_CACHE, else $XDG_CACHE_HOME/nnpsim, else ~/.cache/nnpsim; it may not exist yet. Throws
/// std::runtime_error where none of the three is set.
std::filesystem::path cache_folder();

}  // namespace nnp::models
