// SPDX-License-Identifier: Apache-2.0
// TOML text as a flat list of "path = value" with places. The only door to toml++, which is slow to compile.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace nnp::models {

/// Where a value stands: in the file, or in the n-th override of the command line.
struct Place {
  std::uint32_t override_number = 0;  // 1 for the first --set; 0: in the file
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  auto operator<=>(const Place&) const = default;
};

struct Problem {
  Place place;
  std::string message;
  auto operator<=>(const Problem&) const = default;
};

/// What no parameter takes (a date, a table, an array of other things than strings), by the name messages
/// use.
struct Unusable {
  std::string what;
};

using TomlValue = std::variant<Unusable, bool, std::int64_t, double, std::string, std::vector<std::string>>;

struct Entry {
  std::string path;  // "core.array.rows"; a key that must be quoted is quoted and may be shortened
  TomlValue value;
  Place place;
  std::vector<std::string> keys = {};  // of the path, as they are
};

/// More than any chip file has.
inline constexpr std::size_t kLargestChipFile = 64 * 1024;

/// Appends the values of `toml` in the order of the file. A syntax error, or a text of more than `largest`
/// bytes, becomes a problem.
void read_toml(std::string_view toml, std::vector<Entry>& entries, std::vector<Problem>& problems,
               std::size_t largest = kLargestChipFile);

/// "path=value" of a command line. The value is TOML, or else a bare string: core.frequency=700 MHz.
void read_override(std::string_view text, std::uint32_t number, std::vector<Entry>& entries,
                   std::vector<Problem>& problems);

/// The value as messages quote it, shortened and free of control characters.
std::string shown(const TomlValue&);
std::string in_quotes(std::string_view);

}  // namespace nnp::models
