// SPDX-License-Identifier: Apache-2.0
// One line of assembly: a head word and `key=value,value` arguments. Knows nothing of instructions or
// directives, but remembers the column of every word, so that messages can point at it. `#` starts a comment.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nnp::isa {

/// Thrown for a fault in a line; columns count from 1.
struct LineError {
  std::size_t column;
  std::string message;
};

struct LineValue {
  std::string text;  // without quotes, escapes resolved
  bool quoted = false;
  std::size_t column = 1;
};

struct LineArgument {
  std::string_view key;  // empty for a bare value
  std::size_t column = 1;
  std::vector<LineValue> values;
};

struct Line {
  std::string_view head;
  std::size_t column = 1;
  std::vector<LineArgument> arguments;
};

/// Nothing for an empty line or a comment. Views point into `text`.
std::optional<Line> scan_line(std::string_view text);

/// Text in quotes, as scan_line reads it back.
std::string quote(std::string_view text);

/// Decimal or 0x hexadecimal, a minus sign allowed where `low` is negative.
std::int64_t parse_number(const LineValue&, std::int64_t low, std::int64_t high);
std::uint64_t parse_unsigned(const LineValue&, std::uint64_t high);

/// The arguments of a line by key. The constructor refuses keys that are not allowed or come twice; `what`
/// names the kind of key in messages ("field"). The getters throw LineError for a key that is missing or not
/// one value.
class Arguments {
 public:
  Arguments(const Line&, std::string_view what, std::span<const std::string_view> allowed);
  Arguments(const Line& line, std::initializer_list<std::string_view> allowed)
      : Arguments(line, "argument", std::span(allowed.begin(), allowed.size())) {}

  const LineArgument* find(std::string_view key) const;  // null when absent
  const LineValue& value(std::string_view key) const;
  std::uint64_t number(std::string_view key, std::uint64_t high) const {
    return parse_unsigned(value(key), high);
  }
  std::uint64_t number_or(std::string_view key, std::uint64_t high, std::uint64_t absent) const {
    return find(key) != nullptr ? number(key, high) : absent;
  }
  const std::string& string(std::string_view key) const;
  /// The index of the bare word among `names`.
  std::size_t choice(std::string_view key, std::span<const std::string_view> names) const;

 private:
  const Line& line_;
  std::string_view what_;
};

}  // namespace nnp::isa
