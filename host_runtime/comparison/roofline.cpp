// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/comparison/roofline.h"

#include <algorithm>

namespace nnp::comparison {

std::optional<double> Position::of_attainable() const {
  if (!attained || attainable <= 0) return std::nullopt;
  return *attained / attainable;
}

Position position_of(double macs, double bytes, const Ceilings& ceilings, std::optional<double> seconds) {
  Position position;
  position.operations = 2 * macs, position.bytes = bytes;
  position.attainable = ceilings.operations_per_s;
  if (bytes > 0) {
    position.intensity = position.operations / bytes;
    const double by_memory = *position.intensity * ceilings.bytes_per_s;
    position.by_memory = by_memory < ceilings.operations_per_s;
    position.attainable = std::min(by_memory, ceilings.operations_per_s);
  }
  const double computing =
                   ceilings.operations_per_s > 0 ? position.operations / ceilings.operations_per_s : 0,
               moving = ceilings.bytes_per_s > 0 ? bytes / ceilings.bytes_per_s : 0;
  position.least_s = std::max(computing, moving);
  if (seconds && *seconds > 0) position.attained = position.operations / *seconds;
  return position;
}

}  // namespace nnp::comparison
