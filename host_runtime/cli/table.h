// SPDX-License-Identifier: Apache-2.0
// A plain text table: two spaces between columns, numbers to the right, words to the left, a rule under the
// head.
#pragma once

#include <string>
#include <vector>

namespace nnp::cli {

class Table {
 public:
  enum class Align { left, right };
  struct Column {
    std::string head;
    Align align = Align::right;
  };
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// One cell a column.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  /// Lines with `indent` blanks before each, no blanks at their ends.
  std::string text(std::size_t indent = 2) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// The text in at most `width` characters; what is cut from its middle shows as "..".
std::string shortened(const std::string& text, std::size_t width);

}  // namespace nnp::cli
