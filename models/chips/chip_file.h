// SPDX-License-Identifier: Apache-2.0
// TOML chip files: load, override, check, write back resolved.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "models/chips/chip_spec.h"

namespace nnp::models {

/// The user's fault, every error of the file at once, one per line: "file:line:col: message".
struct ChipError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// The path of a chip file that cannot be read at all.
struct ChipFileError : ChipError {
  using ChipError::ChipError;
};

/// `name_or_path`: a preset's name (a file models/chips/NAME.toml, embedded in the program at build time), or
/// a path that ends in .toml. `overrides`: "core.array.rows=128", applied before the checks, the last one
/// stands; a value is TOML, or a bare string.
ChipSpec load_chip(std::string_view name_or_path, const std::vector<std::string>& overrides = {});
ChipSpec parse_chip(std::string_view toml, std::string_view file_name,
                    const std::vector<std::string>& overrides = {});

/// The resolved chip as a TOML file that load_chip reads back equal.
std::string to_toml(const ChipSpec&);
std::vector<std::string> preset_names();

/// Closest of `candidates` by edit distance, empty when none is near. For messages: did you mean ...
std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace nnp::models
