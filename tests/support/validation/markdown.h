// SPDX-License-Identifier: Apache-2.0
// A table in Markdown, a row a line.
#pragma once

#include <string>
#include <vector>

namespace nnp::test {

class Markdown {
 public:
  explicit Markdown(const std::vector<std::string>& header) {
    row(header);
    text_ += "|";
    for (std::size_t i = 0; i < header.size(); ++i) text_ += "---|";
    text_ += "\n";
  }
  void row(const std::vector<std::string>& cells) {
    text_ += "|";
    for (const std::string& cell : cells) text_ += cell.empty() ? " |" : " " + cell + " |";
    text_ += "\n";
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace nnp::test
