// SPDX-License-Identifier: Apache-2.0
// What each chip parameter means, in a sentence: for the reference page (docs/reference/chip-parameters.md).
#pragma once

#include <string_view>

namespace nnp::models {

/// Of a Parameter's path; empty for a path that is none.
std::string_view meaning_of(std::string_view path);

}  // namespace nnp::models
