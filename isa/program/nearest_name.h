// SPDX-License-Identifier: Apache-2.0
// "Did you mean": the name among the allowed ones that differs least from what was written.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace nnp::isa {

/// By edit distance (insert, delete, replace, swap of neighbours); empty when nothing is near enough to be a
/// slip.
std::string_view nearest_name(std::string_view word, std::span<const std::string_view> names);

/// "unknown flag 'acumulate'; allowed: a16, accumulate; did you mean 'accumulate'?"
std::string unknown_name(std::string_view what, std::string_view word,
                         std::span<const std::string_view> names);

}  // namespace nnp::isa
