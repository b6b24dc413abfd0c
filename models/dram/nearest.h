// SPDX-License-Identifier: Apache-2.0
// The known name that is closest to a misspelt one, by edit distance; for error messages.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nnp::dram {

std::string nearest(std::string_view name, const std::vector<std::string>& known);

}  // namespace nnp::dram
