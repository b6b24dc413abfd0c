// SPDX-License-Identifier: Apache-2.0
// The unified buffer's banks by brute force: a table of every bank in every cycle, filled access by access.
// Knows nothing of phases; written down independently of sim/units/buffers.
//
// The arbitration it states: streams are placed in the cycle in which they ask, of one cycle the smaller unit
// id first. A stream starts in the first cycle, at or after the one asked for, in which none of its accesses
// to its end finds a bank taken; it is never moved afterwards. Sequences of one stream that would meet in a
// bank: the one named first lags by as few cycles as avoid it.
#pragma once

#include <cstdint>
#include <vector>

#include "isa/arch/units.h"

namespace nnp::test {

struct BankStream {
  std::uint16_t unit = 0;
  Cycle earliest = 0;
  Cycles length = 0;
  std::vector<std::uint32_t> first_words;  // one of each sequence
};

struct BankPlacement {
  Cycle start = 0;
  Cycle end = 0;                   // the cycle after the last access
  Cycles conflict_cycles = 0;      // from the cycle asked for to the start
  std::uint16_t blocker = 0xFFFF;  // who held a bank wanted in the last cycle of the wait; of several, who
                                   // goes on longest, then the smaller unit id
};

class BankModel {
 public:
  explicit BankModel(std::uint32_t banks) : banks_(banks) {}
  BankPlacement place(const BankStream&);

 private:
  struct Cell {
    Cycle cycle;
    std::uint32_t bank;
  };
  struct Sequence {
    std::uint16_t unit;
    Cycle end;
  };
  std::vector<Cell> cells(const BankStream&, std::size_t sequence, Cycle start) const;
  std::vector<Cycles> lags(const BankStream&) const;
  /// 1 + the index in placed_ of who has the bank in that cycle; 0: nobody.
  std::uint32_t& holder(const Cell&);
  std::uint32_t banks_;
  std::vector<std::uint32_t> taken_;
  std::vector<Sequence> placed_;
};

}  // namespace nnp::test
