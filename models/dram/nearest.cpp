// SPDX-License-Identifier: Apache-2.0
#include "models/dram/nearest.h"

#include <algorithm>
#include <numeric>

namespace nnp::dram {
namespace {

std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i] != to[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest(std::string_view name, const std::vector<std::string>& known) {
  if (known.empty()) return {};
  name = name.substr(0, 64);
  return *std::min_element(known.begin(), known.end(),
                           [&](const std::string& left, const std::string& right) {
                             return edit_distance(name, left) < edit_distance(name, right);
                           });
}

}  // namespace nnp::dram
