// SPDX-License-Identifier: Apache-2.0
#include "tests/support/validation/page_tables.h"

#include <fmt/format.h>

#include <set>
#include <stdexcept>
#include <string_view>

namespace nnp::test {
namespace {

constexpr std::string_view kTable = "<!-- table:", kByHand = "<!-- by hand:", kEnd = "<!-- end",
                           kClose = "-->";

std::string_view take_line(std::string_view text, std::size_t at) {
  return text.substr(at, std::min(text.find('\n', at), text.size()) - at);
}

std::string name_in(std::string_view line) {
  std::string_view name = line.substr(kTable.size());
  name = name.substr(0, name.find(kClose));
  while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
  return std::string(name);
}

}  // namespace

std::vector<PageTable> page_tables(const std::string& page, const std::string& text) {
  std::vector<PageTable> tables;
  std::set<std::string> names;
  std::size_t number = 0;
  bool inside = false;
  const auto fail = [&](std::string_view what) {
    throw std::runtime_error(fmt::format("{}:{}: {}", page, number, what));
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view line = take_line(text, at);
    const std::size_t next = std::min(at + line.size() + 1, text.size());
    ++number;
    if (line.starts_with(kTable) || line.starts_with(kByHand)) {
      if (inside) fail("a table begins before the one above has its <!-- end -->");
      const std::string name = line.starts_with(kTable) ? name_in(line) : "";
      if (line.starts_with(kTable) && name.empty()) fail("a table without a name");
      if (!name.empty() && !names.insert(name).second) fail(fmt::format("a second table '{}'", name));
      tables.push_back({name, next, 0, number + 1});
      inside = true;
    } else if (line.starts_with(kEnd)) {
      if (!inside) fail("<!-- end --> without a table");
      tables.back().length = at - tables.back().first;
      inside = false;
    } else if (line.starts_with("|---") && !inside) {
      fail("a table outside markers: <!-- table:NAME --> or <!-- by hand: WHY -->, then <!-- end -->");
    }
    at = next;
  }
  if (inside) number = tables.back().line, fail("a table without its <!-- end -->");
  return tables;
}

std::optional<Difference> text_difference(const std::string& written, const std::string& measured) {
  if (written == measured) return std::nullopt;
  std::size_t in_written = 0, in_measured = 0;
  for (std::size_t line = 0;; ++line) {
    const auto take = [](const std::string& text, std::size_t& at) {
      if (at >= text.size()) return std::string("(no line)");
      std::string own(take_line(text, at));
      at += own.size() + 1;
      return own;
    };
    const std::string left = take(written, in_written), right = take(measured, in_measured);
    if (left != right) return Difference{line, left, right};
    if (left == "(no line)") return Difference{line, "no newline at its end", "a newline at its end"};
  }
}

}  // namespace nnp::test
