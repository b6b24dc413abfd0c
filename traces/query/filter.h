// SPDX-License-Identifier: Apache-2.0
// Which states a question is about: of one unit, one layer, one cause, or all.
#pragma once

#include <optional>
#include <string>

#include "sim/kernel/trace.h"

namespace nnp::traces {

struct Filter {
  std::optional<std::uint16_t> unit;
  std::optional<std::uint16_t> layer;
  std::optional<sim::Cause> cause;

  bool takes_unit(std::uint16_t id) const { return !unit || *unit == id; }
  bool takes(std::uint16_t id, std::uint16_t of_layer, sim::Cause of_cause) const {
    return takes_unit(id) && (!layer || *layer == of_layer) && (!cause || *cause == of_cause);
  }
};

}  // namespace nnp::traces
