// SPDX-License-Identifier: Apache-2.0
#include "sim/units/dram/dram_command.h"

namespace nnp::sim {

const char* to_string(DramOp op) {
  constexpr const char* names[] = {"ACT", "PRE", "PREA", "RD", "WR", "REF", "REFpb"};
  return names[static_cast<std::size_t>(op)];
}

const char* to_string(BusWait wait) {
  constexpr const char* names[] = {"refresh",     "tCCD_L",      "tFAW",        "turnaround",
                                   "rank_switch", "row_cycling", "command_bus", "no_requests"};
  return names[static_cast<std::size_t>(wait)];
}

}  // namespace nnp::sim
