// SPDX-License-Identifier: Apache-2.0
// The rules of each standard: what all have in common, then what differs - bank groups (_S and _L), the reach
// of a per-bank refresh, LPDDR's longer precharge of all banks, and the clocks that a command has its bus.
#include <initializer_list>

#include "models/dram/timing_rules.h"

namespace nnp::dram {
namespace {

using enum RuleLevel;
using enum RuleOp;
using Rules = std::vector<TimingRule>;

// Between ranks only the data bus counts: its driver changes, which takes tRTRS.
const Rules kAll{
    {bank, ACT, PRE, "tRAS"},
    {bank, ACT, ACT, "tRC"},
    {bank, PRE, ACT, "tRP"},
    {rank, ACT, ACT, "tFAW", 4},
    {rank, RD, WR, "tRTW"},
    {rank, ACT, REF, "tRC"},
    {rank, PRE, REF, "tRP"},
    {rank, REF, REF, "tRFC"},
    {rank, REF, ACT, "tRFC"},
    {other_rank, RD, RD, "BL/n + tRTRS"},
    {other_rank, WR, WR, "BL/n + tRTRS"},
    {other_rank, RD, WR, "tCL + BL/n + tRTRS - tCWL"},
    {other_rank, WR, RD, "tCWL + BL/n + tRTRS - tCL"},
};
const Rules kBankColumns{
    {bank, ACT, RD, "tRCD"},
    {bank, ACT, WR, "tRCD"},
    {bank, RD, PRE, "tRTP"},
    {bank, WR, PRE, "tCWL + BL/n + tWR"},
};
const Rules kHbmBankColumns{
    {bank, ACT, RD, "tRCDRD"},
    {bank, ACT, WR, "tRCDWR"},
    {bank, RD, PRE, "tRTP"},
    {bank, WR, PRE, "tCWL + BL/n + tWR"},
};
// One bank group: spacings hold on the whole rank.
const Rules kNoGroups{
    {rank, ACT, ACT, "tRRD"},
    {rank, RD, RD, "tCCD"},
    {rank, WR, WR, "tCCD"},
    {rank, WR, RD, "tCWL + BL/n + tWTR"},
};
// _L within a bank group, _S across groups.
const Rules kGroups{
    {group, ACT, ACT, "tRRD_L"},
    {group, RD, RD, "tCCD_L"},
    {group, WR, RD, "tCWL + BL/n + tWTR_L"},
    {rank, ACT, ACT, "tRRD_S"},
    {rank, RD, RD, "tCCD_S"},
    {rank, WR, WR, "tCCD_S"},
    {rank, WR, RD, "tCWL + BL/n + tWTR_S"},
};
const Rules kGroupWrites{{group, WR, WR, "tCCD_L"}};
const Rules kPrechargeSpacing{{rank, PRE, PRE, "tPPD"}};
// tRPab: all banks take longer than one.
const Rules kPrechargeAll{{rank, PREA, ACT, "tRPab"}, {rank, PREA, REF, "tRPab"}};

// JESD79-5: writes into one group wait for tCCD_L_WR; REFsb takes one bank of each group.
const Rules kDdr5Own{
    {group, WR, WR, "tCCD_L_WR"},   {bank, ACT, REFpb, "tRC"},    {bank, PRE, REFpb, "tRP"},
    {bank, REFpb, ACT, "tRFCsb"},   {rank, ACT, REFpb, "tRRD_L"}, {rank, REFpb, REFpb, "tRFCsb"},
    {rank, REFpb, ACT, "tREFSBRD"},
};
// JESD209-4: a write's data may come a clock late (tDQSS), which its recovery and a read after it count.
const Rules kLpddr4Own{
    {bank, ACT, RD, "tRCD"},        {bank, ACT, WR, "tRCD"},
    {bank, RD, PRE, "tRTP"},        {bank, WR, PRE, "tCWL + 1 + BL/n + tWR"},
    {rank, ACT, ACT, "tRRD"},       {rank, RD, RD, "tCCD"},
    {rank, WR, WR, "tCCD"},         {rank, WR, RD, "tCWL + 1 + BL/n + tWTR"},
    {bank, ACT, REFpb, "tRC"},      {bank, PRE, REFpb, "tRP"},
    {bank, REFpb, ACT, "tRFCpb"},   {rank, ACT, REFpb, "tRRD"},
    {rank, REFpb, REFpb, "tRFCpb"}, {rank, REFpb, ACT, "tRRD"},
};
// JESD209-5, bank group mode: REFpb takes a pair of banks.
const Rules kLpddr5Own{
    {bank, ACT, REFpb, "tRC"},    {bank, PRE, REFpb, "tRP"},        {bank, REFpb, ACT, "tRFCpb"},
    {rank, ACT, REFpb, "tRRD_S"}, {rank, REFpb, REFpb, "tpbR2pbR"}, {rank, REFpb, ACT, "tpbR2act"},
};
// JESD235 and JESD238: the single-bank refresh of other banks may overlap.
const Rules kHbmRefresh{
    {bank, ACT, REFpb, "tRC"},      {bank, PRE, REFpb, "tRP"},    {bank, REFpb, ACT, "tRFCpb"},
    {bank, REFpb, REFpb, "tRFCpb"}, {rank, ACT, REFpb, "tRRD_S"}, {rank, REFpb, REFpb, "tRREFD"},
    {rank, REFpb, ACT, "tRREFD"},
};

Rules joined(std::initializer_list<const Rules*> parts) {
  Rules all = kAll;
  for (const Rules* part : parts) all.insert(all.end(), part->begin(), part->end());
  return all;
}

// Clocks of ACT, PRE, PREA, RD, WR, REF, REFpb.
constexpr CommandBus kOneClock{{1, 1, 1, 1, 1, 1, 1}, false};
constexpr CommandBus kDdr5Bus{{2, 1, 1, 2, 2, 1, 1},
                              false};  // JESD79-5 command truth table: two-cycle commands
constexpr CommandBus kLpddr4Bus{{4, 2, 2, 4, 4, 2, 2}, false};  // JESD209-4: ACT-1 and -2, RD-1 and CAS-2
constexpr CommandBus kLpddr5Bus{{2, 1, 1, 1, 1, 1, 1}, false};  // JESD209-5: ACT-1 and ACT-2
constexpr CommandBus kHbmBus{{2, 1, 1, 1, 1, 1, 1}, true};      // JESD235, JESD238: row and column buses

}  // namespace

std::span<const TimingRule> timing_rules(DramStandard standard) {
  static const Rules ddr3 = joined({&kBankColumns, &kNoGroups});
  static const Rules ddr4 = joined({&kBankColumns, &kGroups, &kGroupWrites});
  static const Rules ddr5 = joined({&kBankColumns, &kGroups, &kPrechargeSpacing, &kDdr5Own});
  static const Rules lpddr4 = joined({&kPrechargeSpacing, &kPrechargeAll, &kLpddr4Own});
  static const Rules lpddr5 =
      joined({&kBankColumns, &kGroups, &kGroupWrites, &kPrechargeSpacing, &kPrechargeAll, &kLpddr5Own});
  static const Rules hbm2 = joined({&kHbmBankColumns, &kGroups, &kGroupWrites, &kHbmRefresh});
  static const Rules hbm3 =
      joined({&kHbmBankColumns, &kGroups, &kGroupWrites, &kPrechargeSpacing, &kHbmRefresh});
  switch (standard) {
    case DramStandard::ddr3:
      return ddr3;
    case DramStandard::ddr4:
      return ddr4;
    case DramStandard::ddr5:
      return ddr5;
    case DramStandard::lpddr4:
      return lpddr4;
    case DramStandard::lpddr5:
      return lpddr5;
    case DramStandard::hbm2:
      return hbm2;
    case DramStandard::hbm3:
      return hbm3;
    case DramStandard::ideal:
      break;
  }
  return {};
}

const CommandBus& command_bus(DramStandard standard) {
  switch (standard) {
    case DramStandard::ddr5:
      return kDdr5Bus;
    case DramStandard::lpddr4:
      return kLpddr4Bus;
    case DramStandard::lpddr5:
      return kLpddr5Bus;
    case DramStandard::hbm2:
    case DramStandard::hbm3:
      return kHbmBus;
    case DramStandard::ideal:
    case DramStandard::ddr3:
    case DramStandard::ddr4:
      break;
  }
  return kOneClock;
}

std::uint32_t refresh_sets(DramStandard standard, const DramOrganization& organization) {
  switch (standard) {
    case DramStandard::ddr5:
      return organization.banks;  // the same bank of every group
    case DramStandard::lpddr5:
      return organization.banks_per_rank() / 2;
    case DramStandard::lpddr4:
    case DramStandard::hbm2:
    case DramStandard::hbm3:
      return organization.banks_per_rank();
    case DramStandard::ideal:
    case DramStandard::ddr3:
    case DramStandard::ddr4:
      break;
  }
  return 0;
}

}  // namespace nnp::dram
