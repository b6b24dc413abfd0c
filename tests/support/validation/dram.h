// SPDX-License-Identifier: Apache-2.0
// docs/validation/dram.md: share of the clocks in which the data bus moves data, against closed forms of the
// timing symbols. The forms use the checker's table, not the simulator's.
#pragma once

#include <string>
#include <vector>

#include "sim/units/dram/trace_driver.h"

namespace nnp::test {

struct DramShare {
  double measured = 0, law = 0;
  double burst_of_spacing = 0;  // what a column, an activate takes of the time to the next one
  sim::TraceResult result;
  std::vector<std::string> violations;  // of the standard's rules
  double error() const { return measured / law - 1; }
};

/// Bank groups in turn: columns follow each other burst on burst. A refresh takes: the last column's bank is
/// closed (tRTP; after a write's data tWR; tRPab), refreshed, and opened again; the last burst is no loss.
DramShare sequential_share(const std::string& preset, bool write);
/// One bank, a new row each time: an activate every tRC. A refresh costs tRFC alone (and what precharging all
/// takes longer than one): closing the bank is part of the row cycle anyway.
DramShare one_bank_share(const std::string& preset);
/// All banks in turn, groups first, a new row each time: four activates a tFAW, or one a tRRD_S where that is
/// longer. A refresh stops the activates for the last one's row cycle and its own time.
DramShare all_banks_share(const std::string& preset);
/// A stream that stays in one bank group: a column every tCCD_L. Only where there are bank groups.
bool has_bank_groups(const std::string& preset);
DramShare one_group_share(const std::string& preset, bool write);

/// Uniformly random addresses. Above: the data bus, the activates, and refresh. Below: the queue's requests
/// lie in so many banks on average, each of which takes a row cycle a request, and activates and row cycles
/// follow each other without any overlap; writes cycle their rows longer, and each drained batch turns the
/// bus twice.
struct DramBounds {
  double lower = 0, measured = 0, upper = 0;
  std::vector<std::string> violations;
};
DramBounds random_share(const std::string& preset, std::uint32_t write_percent);

std::string dram_bandwidth_table();
std::string dram_random_table();

}  // namespace nnp::test
