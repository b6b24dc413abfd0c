// SPDX-License-Identifier: Apache-2.0
// Addresses by place, for the map row:bank:bankgroup:column; and the rule table of the checker changed by
// symbol name.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/units/dram/memories.h"
#include "tests/support/dram_checker.h"

namespace nnp::sim::test {

struct Place {
  std::uint32_t row = 0, bank = 0, group = 0, column = 0, rank = 0;
};
inline Address address_of(const DramConfig& config, const Place& p) {
  const DramOrganization& o = config.organization;
  const Address row = Address{p.rank} * o.rows + p.row;
  return (((row * o.banks + p.bank) * o.bank_groups + p.group) * o.bursts_per_row() + p.column) *
         o.burst_bytes();
}

/// The checker's values of a symbol as the simulator spells it; plain names stand for all that a later
/// standard splits.
inline std::vector<std::uint64_t*> checker_values(nnp::test::JedecTiming& t, const std::string& symbol) {
  using Values = std::vector<std::uint64_t*>;
  const std::map<std::string, Values> table{
      {"tCL", {&t.tCL}},
      {"tCWL", {&t.tCWL}},
      {"tRCD", {&t.tRCD_RD, &t.tRCD_WR}},
      {"tRCDRD", {&t.tRCD_RD}},
      {"tRCDWR", {&t.tRCD_WR}},
      {"tRP", t.tRPab == t.tRP ? Values{&t.tRP, &t.tRPab} : Values{&t.tRP}},
      {"tRPab", {&t.tRPab}},
      {"tRAS", {&t.tRAS}},
      {"tRC", {&t.tRC}},
      {"tCCD", {&t.tCCD_S, &t.tCCD_L, &t.tCCD_L_WR}},
      {"tCCD_S", {&t.tCCD_S}},
      {"tCCD_L", t.tCCD_L_WR == t.tCCD_L ? Values{&t.tCCD_L, &t.tCCD_L_WR} : Values{&t.tCCD_L}},
      {"tCCD_L_WR", {&t.tCCD_L_WR}},
      {"tRRD", t.per_bank.sets == 0
                   ? Values{&t.tRRD_S, &t.tRRD_L}
                   : Values{&t.tRRD_S, &t.tRRD_L, &t.per_bank.to_act, &t.per_bank.after_act}},
      {"tRRD_S", {&t.tRRD_S}},
      {"tRRD_L", {&t.tRRD_L}},
      {"tFAW", {&t.tFAW}},
      {"tWTR", {&t.tWTR_S, &t.tWTR_L}},
      {"tWTR_S", {&t.tWTR_S}},
      {"tWTR_L", {&t.tWTR_L}},
      {"tWR", {&t.tWR}},
      {"tRTP", {&t.tRTP}},
      {"tPPD", {&t.tPPD}},
      {"tRTW", {&t.tRTW}},
      {"tRTRS", {&t.tRTRS}},
      {"tRFC", {&t.tRFC}},
      {"tREFI", {&t.tREFI}},
      {"tRFCsb", {&t.per_bank.tRFC, &t.per_bank.to_next}},
      {"tRFCpb", {&t.per_bank.tRFC}},
      {"tREFSBRD", {&t.per_bank.to_act}},
      {"tpbR2pbR", {&t.per_bank.to_next}},
      {"tpbR2act", {&t.per_bank.to_act}},
      {"tRREFD", {&t.per_bank.to_act, &t.per_bank.to_next}}};
  const auto entry = table.find(symbol);
  if (entry == table.end()) throw std::out_of_range("the checker knows no " + symbol);
  return entry->second;
}

}  // namespace nnp::sim::test
