// SPDX-License-Identifier: Apache-2.0
// "Did you mean": Levenshtein distance, and a limit beyond which silence helps more than a guess.
#include <algorithm>
#include <numeric>

#include "models/chips/chip_file.h"

namespace nnp::models {
namespace {

constexpr std::size_t kLongestName = 80;  // longer ones are not typing slips

std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t above = row[j];
      const std::size_t replace = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      row[j] = std::min({replace, above + 1, row[j - 1] + 1});
      diagonal = above;
    }
  }
  return row[to.size()];
}

}  // namespace

std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
  if (name.empty() || name.size() > kLongestName) return {};
  std::size_t best = std::max<std::size_t>(2, name.size() / 4) + 1;  // the first distance that is too far
  best = std::min(best, name.size());  // nothing kept of the name: no resemblance
  std::string nearest;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

}  // namespace nnp::models
