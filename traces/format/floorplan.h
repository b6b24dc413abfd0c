// SPDX-License-Identifier: Apache-2.0
// Where a picture of the chip draws each unit: boxes on a plan of 100 x 60, host on the left, memory below.
#pragma once

#include <array>
#include <cstddef>
#include <string>

namespace nnp::traces {

/// x, y, width, height of a unit; memory channels share the bottom row. A unit that the plan does not know
/// gets an empty box.
std::array<int, 4> floorplan_box(const std::string& unit, std::size_t channel, std::size_t channels);

}  // namespace nnp::traces
