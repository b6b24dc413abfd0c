// SPDX-License-Identifier: Apache-2.0
#include "sim/units/dram/dram_command.h"

namespace nnp::sim {

const char* to_string(DramOp op) {
  constexpr const char* names[] = {"ACT", "PRE", "PREA", "RD", "WR", "REF"};
  return names[static_cast<std::size_t>(op)];
}

}  // namespace nnp::sim
