// SPDX-License-Identifier: Apache-2.0
#include "models/dram/nearest.h"

#include <algorithm>

#include "isa/program/nearest_name.h"

namespace nnp::dram {

std::string nearest(std::string_view name, const std::vector<std::string>& known) {
  if (known.empty()) return {};
  name = name.substr(0, 64);
  return *std::min_element(known.begin(), known.end(),
                           [&](const std::string& left, const std::string& right) {
                             return isa::edit_distance(name, left) < isa::edit_distance(name, right);
                           });
}

}  // namespace nnp::dram
