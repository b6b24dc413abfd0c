// SPDX-License-Identifier: Apache-2.0
// How hard a search for mappings tries.
#pragma once

#include <cstdint>

namespace nnp::compiler {

/// The closed-form cost decides; it picks a few that an evaluator times; it picks many.
enum class Effort : std::uint8_t { model, simulate, thorough };
const char* to_string(Effort);

}  // namespace nnp::compiler
