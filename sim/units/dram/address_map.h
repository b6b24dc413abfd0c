// SPDX-License-Identifier: Apache-2.0
// Where a byte of the channel lies: bank group, bank, row and burst column, cut from the address by a text of
// fields.
#pragma once

#include <string>
#include <string_view>

#include "sim/units/dram/dram_config.h"

namespace nnp::sim {

struct DramLocation {
  std::uint32_t bank = 0;  // over all groups: group * banks + bank
  std::uint32_t row = 0;
  std::uint32_t column = 0;  // burst within the row
  bool operator==(const DramLocation&) const = default;
};

class AddressMap {
 public:
  /// `fields`, highest bits first: row, bank, bankgroup, column, separated by colons, each once; bankgroup
  /// may be left out where there is one group. Below the last field lie the bytes of a burst. Throws
  /// std::invalid_argument.
  AddressMap(std::string_view fields, const DramOrganization&);

  /// Of burst number address / burst_bytes.
  DramLocation locate(std::uint64_t burst) const {
    return {static_cast<std::uint32_t>(group_.of(burst) << bank_bits_ | bank_.of(burst)),
            static_cast<std::uint32_t>(row_.of(burst)), static_cast<std::uint32_t>(column_.of(burst))};
  }
  /// How many bursts from this one on lie in the same row, one after the other.
  std::uint32_t run_length(const DramLocation& at) const {
    return column_.shift == 0 ? static_cast<std::uint32_t>(column_.mask) + 1 - at.column : 1;
  }

 private:
  struct Field {
    std::uint32_t shift = 0;
    std::uint64_t mask = 0;
    std::uint64_t of(std::uint64_t burst) const { return burst >> shift & mask; }
  };
  Field row_, bank_, group_, column_;
  std::uint32_t bank_bits_;
};

}  // namespace nnp::sim
