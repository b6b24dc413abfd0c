// SPDX-License-Identifier: Apache-2.0
#include "models/chips/toml_reader.h"

#include <algorithm>

#include "fmt/format.h"
#include "toml++/toml.h"

namespace nnp::models {
namespace {

constexpr std::size_t kLongestLine = 1000;  // also bounds how deep a dotted key can nest
constexpr std::size_t kLongestQuote = 60;

Place place_of(const toml::source_region& source) { return {0, source.begin.line, source.begin.column}; }

bool is_plain(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

TomlValue value_of(const toml::node& node) {
  if (const auto* value = node.as_boolean()) return value->get();
  if (const auto* value = node.as_integer()) return value->get();
  if (const auto* value = node.as_floating_point()) return value->get();
  if (const auto* value = node.as_string()) return value->get();
  if (const auto* array = node.as_array()) {
    std::vector<std::string> strings;
    for (const toml::node& element : *array) {
      const auto* text = element.as_string();
      if (text == nullptr) return Unusable{"an array of other things than strings"};
      strings.push_back(text->get());
    }
    return strings;
  }
  return Unusable{node.is_table() ? "a table" : "a date or time"};
}

// Leaves of the tree. An inline table is a table like any other; an empty one has nothing to say.
void flatten(const toml::table& table, const std::string& prefix, std::vector<std::string>& keys,
             std::vector<Entry>& entries) {
  for (const auto& [key, node] : table) {
    // A quoted key with a dot inside must not pass for two keys.
    const std::string name = is_plain(key.str()) ? std::string(key.str()) : in_quotes(key.str());
    const std::string path = prefix.empty() ? name : prefix + "." + name;
    keys.emplace_back(key.str());
    if (const toml::table* inner = node.as_table(); inner != nullptr && !inner->empty()) {
      flatten(*inner, path, keys, entries);
    } else {
      entries.push_back({path, value_of(node), place_of(key.source()), keys});
    }
    keys.pop_back();
  }
}

}  // namespace

void read_toml(std::string_view toml, std::vector<Entry>& entries, std::vector<Problem>& problems,
               std::size_t largest) {
  if (toml.size() > largest) {
    problems.push_back(
        {{}, fmt::format("the file has {} bytes; a file of its kind has at most {}", toml.size(), largest)});
    return;
  }
  std::uint32_t line = 1;
  for (std::size_t begin = 0; begin < toml.size(); ++line) {
    const std::size_t end = std::min(toml.find('\n', begin), toml.size());
    if (end - begin > kLongestLine) {
      problems.push_back(
          {{0, line, 1}, fmt::format("the line has {} characters; at most {}", end - begin, kLongestLine)});
      return;
    }
    begin = end + 1;
  }
  try {
    const toml::table root = toml::parse(toml);
    const std::size_t first = entries.size();
    std::vector<std::string> keys;
    flatten(root, "", keys, entries);
    std::stable_sort(entries.begin() + static_cast<std::ptrdiff_t>(first), entries.end(),
                     [](const Entry& left, const Entry& right) { return left.place < right.place; });
  } catch (const toml::parse_error& error) {
    problems.push_back({place_of(error.source()), std::string(error.description())});
  }
}

void read_override(std::string_view text, std::uint32_t number, std::vector<Entry>& entries,
                   std::vector<Problem>& problems) {
  const Place place{number, 1, 1};
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    problems.push_back({place, "write it as PATH=VALUE, such as core.array.rows=128"});
    return;
  }
  const auto trim = [](std::string_view part) {
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    return part;
  };
  const std::string value(trim(text.substr(equals + 1)));
  TomlValue read = value;
  std::vector<Entry> parsed;
  std::vector<Problem> not_toml;
  read_toml("value = " + value, parsed, not_toml);
  if (not_toml.empty() && parsed.size() == 1) read = parsed.front().value;
  entries.push_back({std::string(trim(text.substr(0, equals))), read, place, {}});
}

std::string in_quotes(std::string_view text) {
  std::string result = "\"";
  for (const char c : text.substr(0, kLongestQuote)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      result += fmt::format("\\x{:02x}", byte);
    } else {
      result += c;
    }
  }
  return result + (text.size() > kLongestQuote ? "...\"" : "\"");
}

std::string shown(const TomlValue& value) {
  struct Quote {
    std::string operator()(const Unusable& other) const { return other.what; }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return fmt::format("{:#}", number); }
    std::string operator()(const std::string& text) const { return in_quotes(text); }
    std::string operator()(const std::vector<std::string>& list) const {
      std::string result = "[";
      for (const std::string& text : list) {
        if (result.size() > kLongestQuote) return result + ", ...]";
        result += (result.size() > 1 ? ", " : "") + in_quotes(text);
      }
      return result + "]";
    }
  };
  return std::visit(Quote{}, value);
}

}  // namespace nnp::models
