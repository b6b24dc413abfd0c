// SPDX-License-Identifier: Apache-2.0
// The tables of a page of docs/validation. A table stands between `<!-- table:NAME -->` (the program writes
// it) or `<!-- by hand: WHY -->` and `<!-- end -->`, each on a line of its own.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace nnp::test {

/// A part of a page between two markers.
struct PageTable {
  std::string name;                   // empty: by hand
  std::size_t first = 0, length = 0;  // of its text in the page
  std::size_t line = 0;               // of its first line, from 1
};

/// In the page's order. Throws std::runtime_error naming page and line: a marker that is not closed or not
/// known, a name that comes twice, a table outside markers.
std::vector<PageTable> page_tables(const std::string& page, const std::string& text);

/// The first line in which two texts differ.
struct Difference {
  std::size_t line = 0;           // from 0
  std::string written, measured;  // "(no line)" where one ends before
};
std::optional<Difference> text_difference(const std::string& written, const std::string& measured);

}  // namespace nnp::test
