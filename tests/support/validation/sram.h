// SPDX-License-Identifier: Apache-2.0
// docs/validation/sram.md: the arbiter's closed form against a table of every bank in every cycle.
#pragma once

#include <string>

#include "isa/arch/units.h"

namespace nnp::test {

inline constexpr std::uint64_t kBankMixes = 600;

/// One random mix of streams, decided by SlotArbiter and by BankModel.
struct ComparedMix {
  std::uint32_t banks = 0;
  int streams = 0, delayed = 0;
  Cycles conflict_cycles = 0;  // in all
  std::string difference;      // the first one, with its reproducer; the comparison ends there
};
ComparedMix compare_bank_mix(std::uint64_t seed);

std::string sram_table();

}  // namespace nnp::test
