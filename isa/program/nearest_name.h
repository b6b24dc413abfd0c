// SPDX-License-Identifier: Apache-2.0
// "Did you mean": the name among the allowed ones that differs least from what was written.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace nnp::isa {

/// Slips from one word to the other: letters put in, left out, replaced or swapped with their neighbour
/// (optimal string alignment). Time and memory grow with the words' lengths.
std::size_t edit_distance(std::string_view, std::string_view);

/// By edit distance; empty when nothing is near enough to be a slip.
std::string_view nearest_name(std::string_view word, std::span<const std::string_view> names);

/// "unknown flag 'acumulate'; allowed: a16, accumulate; did you mean 'accumulate'?"
std::string unknown_name(std::string_view what, std::string_view word,
                         std::span<const std::string_view> names);

}  // namespace nnp::isa
