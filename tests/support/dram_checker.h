// SPDX-License-Identifier: Apache-2.0
// Judges a DRAM command trace by the standards alone: its figures and rules are entered here a second time
// and share nothing with the simulator but the type of a command.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/units/dram/dram_command.h"

namespace nnp::test {

/// In clocks. For DDR3, which has no bank groups, the short and long values are equal.
struct JedecTiming {
  std::uint64_t CL, CWL, tRCD, tRP, tRAS, tRC, tCCD_S, tCCD_L, tRRD_S, tRRD_L, tFAW, tWTR_S, tWTR_L, tWR,
      tRTP, tRFC, tREFI;
  std::uint64_t read_to_write;  // command distance
  std::uint32_t bank_groups, banks_per_group;
  std::uint64_t rows, bursts_per_row;
};
/// By preset name; throws std::out_of_range for others.
const JedecTiming& jedec_timing(const std::string& preset);

/// One line per violation: rule, the two commands, the distance and what it must be. At most 20 lines.
std::vector<std::string> check_trace(const std::vector<sim::DramCommand>& trace, const JedecTiming& timing);

}  // namespace nnp::test
