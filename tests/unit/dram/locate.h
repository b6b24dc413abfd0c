// SPDX-License-Identifier: Apache-2.0
// Addresses by place, for the map row:bank:bankgroup:column; and the rule table of the checker changed by
// symbol name.
#pragma once

#include <stdexcept>
#include <string>

#include "sim/units/dram/dram_config.h"
#include "tests/support/dram_checker.h"

namespace nnp::sim::test {

struct Place {
  std::uint32_t row = 0, bank = 0, group = 0, column = 0;
};
inline Address address_of(const DramConfig& config, const Place& p) {
  const DramOrganization& o = config.organization;
  return (((Address{p.row} * o.banks + p.bank) * o.bank_groups + p.group) * o.bursts_per_row() + p.column) *
         o.burst_bytes();
}

/// The checker's value of a symbol as the simulator spells it; DDR3's plain names stand for both _S and _L.
inline std::vector<std::uint64_t*> checker_values(nnp::test::JedecTiming& t, const std::string& symbol) {
  if (symbol == "CL") return {&t.CL};
  if (symbol == "CWL") return {&t.CWL};
  if (symbol == "tRCD") return {&t.tRCD};
  if (symbol == "tRP") return {&t.tRP};
  if (symbol == "tRAS") return {&t.tRAS};
  if (symbol == "tRC") return {&t.tRC};
  if (symbol == "tCCD") return {&t.tCCD_S, &t.tCCD_L};
  if (symbol == "tCCD_S") return {&t.tCCD_S};
  if (symbol == "tCCD_L") return {&t.tCCD_L};
  if (symbol == "tRRD") return {&t.tRRD_S, &t.tRRD_L};
  if (symbol == "tRRD_S") return {&t.tRRD_S};
  if (symbol == "tRRD_L") return {&t.tRRD_L};
  if (symbol == "tFAW") return {&t.tFAW};
  if (symbol == "tWTR") return {&t.tWTR_S, &t.tWTR_L};
  if (symbol == "tWTR_S") return {&t.tWTR_S};
  if (symbol == "tWTR_L") return {&t.tWTR_L};
  if (symbol == "tWR") return {&t.tWR};
  if (symbol == "tRTP") return {&t.tRTP};
  if (symbol == "tRTW") return {&t.read_to_write};
  if (symbol == "tRFC") return {&t.tRFC};
  if (symbol == "tREFI") return {&t.tREFI};
  throw std::out_of_range("the checker knows no " + symbol);
}

}  // namespace nnp::sim::test
