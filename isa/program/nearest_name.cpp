// SPDX-License-Identifier: Apache-2.0
#include "isa/program/nearest_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace nnp::isa {
namespace {

constexpr std::size_t kLongestWord = 64;  // longer words are no slips of a name

}  // namespace

// Three rows of the table at a time.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

std::string_view nearest_name(std::string_view word, std::span<const std::string_view> names) {
  if (word.size() > kLongestWord) return {};
  std::string_view nearest;
  std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string_view name : names) {
    const std::size_t difference = edit_distance(word, name);
    if (difference < least) {
      least = difference;
      nearest = name;
    }
  }
  return nearest;
}

std::string unknown_name(std::string_view what, std::string_view word,
                         std::span<const std::string_view> names) {
  const bool cut = word.size() > kLongestWord;
  std::string message =
      fmt::format("unknown {} '{}{}'", what, word.substr(0, kLongestWord), cut ? "..." : "");
  message += names.empty() ? "; none is allowed here" : fmt::format("; allowed: {}", fmt::join(names, ", "));
  if (const std::string_view near = nearest_name(word, names); !near.empty()) {
    message += fmt::format("; did you mean '{}'?", near);
  }
  return message;
}

}  // namespace nnp::isa
