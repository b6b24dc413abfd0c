// SPDX-License-Identifier: Apache-2.0
// Judges a DRAM command trace by the standards alone: its figures and rules are entered here a second time
// and share nothing with the simulator but the type of a command.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/units/dram/dram_command.h"

namespace nnp::test {

/// In clocks. Without bank groups the short and long values are equal; where one figure serves reads and
/// writes, or one bank and all, both are set.
struct JedecTiming {
  std::uint64_t tCL = 0, tCWL = 0, burst = 0;
  std::uint64_t tRCD_RD = 0, tRCD_WR = 0, tRP = 0, tRPab = 0, tRAS = 0, tRC = 0;
  std::uint64_t tCCD_S = 0, tCCD_L = 0, tCCD_L_WR = 0, tRRD_S = 0, tRRD_L = 0, tFAW = 0;
  std::uint64_t tWTR_S = 0, tWTR_L = 0, tWR = 0, tRTP = 0, tPPD = 0;
  std::uint64_t tRFC = 0, tREFI = 0;
  std::uint64_t tRTW = 0;   // command distance
  std::uint64_t tRTRS = 0;  // free clocks on the data bus between ranks
  std::uint64_t tDQSS = 0;  // clocks by which write data may be late, where recovery counts them
  /// Refresh by sets of banks: bank b of a rank is in set b mod sets; 0 sets where there is none.
  struct PerBank {
    std::uint32_t sets = 0;
    std::uint64_t tRFC = 0;       // of the set
    std::uint64_t to_next = 0;    // to the refresh of another set
    std::uint64_t to_act = 0;     // to an activate elsewhere in the rank
    std::uint64_t after_act = 0;  // from such an activate
  } per_bank = {};
  /// Clocks that a command has its bus.
  struct Bus {
    std::uint64_t act = 1, column = 1, other = 1;
    bool separate_columns = false;
  } bus = {};
  std::uint32_t bank_groups = 1, banks_per_group = 8, ranks = 1;
  std::uint64_t rows = 0, bursts_per_row = 0;
  bool refreshed = true;  // false: a trace that need not keep tREFI
};
/// By preset name; throws std::out_of_range for others.
const JedecTiming& jedec_timing(const std::string& preset);
/// The presets that it knows.
std::vector<std::string> jedec_presets();

/// One line per violation: rule, the two commands, the distance and what it must be. At most 20 lines.
std::vector<std::string> check_trace(const std::vector<sim::DramCommand>& trace, const JedecTiming& timing);

}  // namespace nnp::test
