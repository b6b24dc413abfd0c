// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/table.h"

#include <fmt/format.h>

#include <algorithm>

namespace nnp::cli {

std::string Table::text(std::size_t indent) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = columns_[i].head.size();
    for (const auto& row : rows_) width = std::max(width, row.at(i).size());
    widths.push_back(width);
  }
  std::string result;
  const auto line = [&](const auto& cell_of) {
    std::string text(indent, ' ');
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i != 0) text += "  ";
      const std::string cell = cell_of(i);
      text += columns_[i].align == Align::left ? fmt::format("{:<{}}", cell, widths[i])
                                               : fmt::format("{:>{}}", cell, widths[i]);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    result += text + '\n';
  };
  line([&](std::size_t i) { return columns_[i].head; });
  line([&](std::size_t i) { return std::string(widths[i], '-'); });
  for (const auto& row : rows_) line([&](std::size_t i) { return row[i]; });
  return result;
}

std::string shortened(const std::string& text, std::size_t width) {
  if (text.size() <= width || width < 4) return text;
  const std::size_t tail = (width - 2) / 2, head = width - 2 - tail;
  return text.substr(0, head) + ".." + text.substr(text.size() - tail);
}

}  // namespace nnp::cli
