// SPDX-License-Identifier: Apache-2.0
// "Did you mean": edit distance, and a limit beyond which silence helps more than a guess.
#include <algorithm>

#include "isa/program/nearest_name.h"
#include "models/chips/chip_file.h"

namespace nnp::models {
namespace {

constexpr std::size_t kLongestName = 80;  // longer ones are not typing slips

}  // namespace

std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
  if (name.empty() || name.size() > kLongestName) return {};
  std::size_t best = std::max<std::size_t>(2, name.size() / 4) + 1;  // the first distance that is too far
  best = std::min(best, name.size());  // nothing kept of the name: no resemblance
  std::string nearest;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = isa::edit_distance(name, candidate);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

}  // namespace nnp::models
