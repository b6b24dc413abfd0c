// SPDX-License-Identifier: Apache-2.0
// What single ranges cannot say: parameters that contradict each other.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "models/chips/chip_spec.h"

namespace nnp::models {

struct CrossCheck {
  std::vector<std::string_view> paths;  // the parameters it relates; the complaint stands at the first
  std::function<std::string(const ChipSpec&)> complaint;  // empty when they agree
};
const std::vector<CrossCheck>& cross_checks();

}  // namespace nnp::models
