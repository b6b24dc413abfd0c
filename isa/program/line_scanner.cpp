// SPDX-License-Identifier: Apache-2.0
#include "isa/program/line_scanner.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "isa/program/nearest_name.h"

namespace nnp::isa {
namespace {

constexpr std::string_view kSpace = " \t\r\v\f";
constexpr std::string_view kWordEnd = " \t\r\v\f,=\"#";
constexpr std::size_t kShownCharacters = 40;

std::string shown(std::string_view text) {
  return fmt::format("'{}{}'", text.substr(0, kShownCharacters), text.size() > kShownCharacters ? "..." : "");
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::optional<Line> line() {
    skip_space();
    if (at_end()) return std::nullopt;
    Line line;
    line.column = column();
    line.head = word("an instruction or a directive");
    for (skip_space(); !at_end(); skip_space()) line.arguments.push_back(argument());
    return line;
  }

 private:
  std::size_t column() const { return at_ + 1; }
  bool at_end() const { return at_ >= text_.size() || text_[at_] == '#'; }
  bool next_is(char c) const { return at_ < text_.size() && text_[at_] == c; }
  void skip_space() { at_ = std::min(text_.find_first_not_of(kSpace, at_), text_.size()); }

  std::string_view word(const char* expected) {
    const std::size_t end = std::min(text_.find_first_of(kWordEnd, at_), text_.size());
    if (end == at_) throw LineError{column(), fmt::format("expected {}", expected)};
    const std::string_view found = text_.substr(at_, end - at_);
    at_ = end;
    return found;
  }

  LineValue value() {
    LineValue found;
    found.column = column();
    found.quoted = next_is('"');
    found.text = found.quoted ? quoted() : std::string(word("a value"));
    return found;
  }

  LineArgument argument() {
    LineArgument found;
    found.column = column();
    if (!next_is('"')) {
      const std::size_t start = at_;
      found.key = word("key=value");
      if (next_is('=')) {
        ++at_;
      } else {  // it was a bare value
        found.key = {};
        at_ = start;
      }
    }
    found.values.push_back(value());
    while (next_is(',')) {
      ++at_;
      found.values.push_back(value());
    }
    return found;
  }

  std::string quoted() {
    const std::size_t start = column();
    std::string found;
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return found;
      }
      found += c == '\\' ? escaped() : c;
    }
    throw LineError{start, "the closing quote is missing"};
  }

  /// At a backslash; leaves at_ on the last character of the escape.
  char escaped() {
    const std::size_t start = column();
    const char kind = ++at_ < text_.size() ? text_[at_] : '\0';
    if (kind == '"' || kind == '\\') return kind;
    if (kind == 'n') return '\n';
    unsigned code = 0;
    if (kind == 'x' && at_ + 2 < text_.size()) {
      const char* digits = text_.data() + at_ + 1;
      if (std::from_chars(digits, digits + 2, code, 16).ptr == digits + 2) {
        at_ += 2;
        return static_cast<char>(code);
      }
    }
    throw LineError{start, "unknown escape; allowed: \\\" \\\\ \\n \\xHH"};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

[[noreturn]] void refuse_number(const LineValue& value, std::int64_t low, std::uint64_t high) {
  throw LineError{value.column,
                  fmt::format("{} is not a number from {} to {}", shown(value.text), low, high)};
}

/// The digits after any sign; nothing unless all of `text` is one number that fits 64 bits.
std::optional<std::uint64_t> magnitude(std::string_view text) {
  const bool hex = text.starts_with("0x");
  if (hex) text.remove_prefix(2);
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, hex ? 16 : 10);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

}  // namespace

std::optional<Line> scan_line(std::string_view text) { return Scanner(text).line(); }

std::string quote(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
      quoted += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::int64_t parse_number(const LineValue& value, std::int64_t low, std::int64_t high) {
  std::string_view digits = value.text;
  const bool negative = digits.starts_with('-');
  if (negative) digits.remove_prefix(1);
  const auto number = value.quoted ? std::nullopt : magnitude(digits);
  const std::uint64_t limit =
      negative ? 0 - static_cast<std::uint64_t>(low) : static_cast<std::uint64_t>(high);
  if (!number || (negative && low >= 0) || *number > limit)
    refuse_number(value, low, static_cast<std::uint64_t>(high));
  return static_cast<std::int64_t>(negative ? 0 - *number : *number);
}

std::uint64_t parse_unsigned(const LineValue& value, std::uint64_t high) {
  const auto number = value.quoted ? std::nullopt : magnitude(value.text);
  if (!number || *number > high) refuse_number(value, 0, high);
  return *number;
}

Arguments::Arguments(const Line& line, std::string_view what, std::span<const std::string_view> allowed)
    : line_(line), what_(what) {
  for (auto argument = line.arguments.begin(); argument != line.arguments.end(); ++argument) {
    if (std::find(allowed.begin(), allowed.end(), argument->key) == allowed.end()) {
      const std::string_view written = argument->key.empty() ? argument->values.front().text : argument->key;
      throw LineError{argument->column, unknown_name(what, written, allowed)};
    }
    const auto same = [&](const LineArgument& other) { return other.key == argument->key; };
    if (std::any_of(line.arguments.begin(), argument, same)) {
      throw LineError{argument->column, fmt::format("{} '{}' is given twice", what, argument->key)};
    }
  }
}

const LineArgument* Arguments::find(std::string_view key) const {
  for (const LineArgument& argument : line_.arguments) {
    if (argument.key == key) return &argument;
  }
  return nullptr;
}

const LineValue& Arguments::value(std::string_view key) const {
  const LineArgument* argument = find(key);
  if (argument == nullptr) {
    throw LineError{line_.column, key.empty() ? fmt::format("{} needs a value", line_.head)
                                              : fmt::format("{} needs the {} '{}'", line_.head, what_, key)};
  }
  if (argument->values.size() != 1) throw LineError{argument->values[1].column, "one value is enough here"};
  return argument->values.front();
}

const std::string& Arguments::string(std::string_view key) const {
  const LineValue& found = value(key);
  if (!found.quoted)
    throw LineError{found.column, fmt::format("{} must stand in double quotes", shown(found.text))};
  return found.text;
}

std::size_t Arguments::choice(std::string_view key, std::span<const std::string_view> names) const {
  const LineValue& found = value(key);
  const auto at = std::find(names.begin(), names.end(), found.text);
  if (at == names.end())
    throw LineError{found.column, unknown_name(key.empty() ? "value" : key, found.text, names)};
  return static_cast<std::size_t>(at - names.begin());
}

}  // namespace nnp::isa
