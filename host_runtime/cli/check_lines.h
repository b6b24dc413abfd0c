// SPDX-License-Identifier: Apache-2.0
// How the verdict of a reference is told, in words and in JSON: run, exec and quantize share it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host_runtime/compare/comparison.h"

namespace nnp::cli {

nlohmann::ordered_json check_json(const compare::Comparison&);

/// "99.9993 %"; "100 %" only where all are equal.
std::string equal_text(std::uint64_t equal, std::uint64_t compared);

/// "Checks", then a line each.
std::string check_lines(const std::vector<compare::Comparison>&);

}  // namespace nnp::cli
